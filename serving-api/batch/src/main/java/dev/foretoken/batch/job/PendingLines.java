package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.store.Job;
import dev.foretoken.contract.request.Priority;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The requests of a job that are to be sent, in the order of its file, read piece by piece. For one thread. */
final class PendingLines implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PendingLines.class.getName());
    private static final int MOST_LINES = 64;
    private static final int MOST_BYTES = 1 << 20;

    private final Supplier<InputStream> file;
    private final int maxLineBytes;
    private final BitSet answered;
    private final Deque<Pending> ready = new ArrayDeque<>();
    private @Nullable RequestLines lines;
    private boolean ended;

    /** @param answered requests that are passed over when they are come upon */
    PendingLines(Supplier<InputStream> file, int maxLineBytes, BitSet answered) {
        this.file = file;
        this.maxLineBytes = maxLineBytes;
        this.answered = (BitSet) answered.clone();
    }

    /**
     * A request to be sent.
     *
     * @param index its place in the file, from 0
     * @param tries how often it was sent before
     */
    record Pending(int index, RequestLine line, int tries) {
        Pending triedOnce() {
            return new Pending(index, line, tries + 1);
        }

        BatchRequest request(Job job) {
            return new BatchRequest(
                    job.id() + "_" + index,
                    line.endpoint(),
                    Optional.empty(),
                    line.body(),
                    job.tenant().isEmpty() ? Optional.empty() : Optional.of(job.tenant()),
                    Priority.BATCH,
                    Optional.of(job.order().expires()),
                    Optional.empty());
        }
    }

    boolean hasNext() throws IOException {
        if (ready.isEmpty() && !ended) {
            fill();
        }
        return !ready.isEmpty();
    }

    Pending take() {
        return ready.removeFirst();
    }

    /** Sent again before all others. */
    void putBack(Pending line) {
        ready.addFirst(line);
    }

    private void fill() throws IOException {
        if (lines == null) {
            lines = new RequestLines(file.get(), maxLineBytes);
        }
        int bytes = 0;
        while (ready.size() < MOST_LINES && bytes < MOST_BYTES) {
            byte[] line = lines.next();
            if (line == null) {
                ended = true;
                return;
            }
            if (!answered.get(lines.index())) {
                ready.add(new Pending(lines.index(), parsed(line), 0));
                bytes += line.length;
            }
        }
    }

    private static RequestLine parsed(byte[] line) {
        try {
            return LineParser.parse(line);
        } catch (FlawedLine e) {
            throw new IllegalStateException("the file was good when it was checked", e);
        }
    }

    @Override
    public void close() {
        try {
            if (lines != null) {
                lines.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a file of requests could not be closed", e);
        }
    }
}
