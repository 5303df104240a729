package dev.foretoken.batch.store;

import dev.foretoken.batch.BatchEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one file, to be answered within a time.
 *
 * @param tenant whose it is; empty = nobody's in particular
 * @param entered when it came into which state
 */
public record Job(String id, String tenant, Order order, Status status, Lease lease, Map<JobState, Instant> entered) {

    public Job {
        entered = Map.copyOf(entered);
    }

    /**
     * What was asked for.
     *
     * @param window as it was written
     * @param metadata of the caller, handed back
     * @param outputLife how long its files are kept; empty = as long as the server keeps files
     * @param expires when what is not answered is given up
     */
    public record Order(
            String inputFile,
            BatchEndpoint endpoint,
            String window,
            Map<String, String> metadata,
            Optional<Duration> outputLife,
            Instant created,
            Instant expires) {
        public Order {
            metadata = Map.copyOf(metadata);
        }
    }

    /**
     * What has come of it.
     *
     * @param model that its requests name; empty before its file was checked
     * @param usage of all its answers; empty before it is over
     * @param errors of its file
     */
    public record Status(
            JobState state,
            Optional<String> model,
            Counts counts,
            Optional<Usage> usage,
            List<Flaw> errors,
            Optional<String> outputFile,
            Optional<String> errorFile) {
        public Status {
            errors = List.copyOf(errors);
        }
    }

    /** Requests: all, answered well, answered with an error. */
    public record Counts(int total, int completed, int failed) {
        public static final Counts NONE = new Counts(0, 0, 0);
    }

    /**
     * Tokens.
     *
     * @param input of prompts
     * @param cached of those, found in a cache
     * @param output that were sampled
     * @param reasoning of those, before the answer proper
     */
    public record Usage(long input, long cached, long output, long reasoning) {
        public static final Usage NONE = new Usage(0, 0, 0, 0);
    }

    /**
     * Why a file is refused.
     *
     * @param code in words that programs know
     * @param line of the file, from 1
     * @param param field at fault
     */
    public record Flaw(
            String code,
            String message,
            @Nullable Integer line,
            @Nullable String param) {}

    /**
     * Who works on it.
     *
     * @param owner a process; empty = none
     * @param attempt grows with every owner
     * @param until when others may take it
     */
    public record Lease(String owner, int attempt, Instant until) {
        public static final Lease NONE = new Lease("", 0, Instant.EPOCH);
    }

    public JobState state() {
        return status.state();
    }
}
