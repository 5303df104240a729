package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests that come in by Kafka.
 *
 * @param brokers {@code HOST:PORT}, separated by commas
 * @param member who takes them
 * @param share whether it is a share group, which answers at least once
 * @param waits of requests without a deadline
 * @param client further settings of Kafka's clients; may hold passwords
 */
public record BatchTopicSettings(
        String brokers, Topics topics, Member member, boolean share, Waits waits, Map<String, String> client) {

    public static final String REQUESTS = "foretoken-requests";
    public static final String ANSWERS = "foretoken-answers";
    public static final String GROUP = "foretoken";
    public static final int PARTITIONS = 12;

    /** As of names of topics, groups and transactions. */
    private static final String NAME = "[A-Za-z0-9._-]{1,120}";

    /**
     * Where requests are and answers go.
     *
     * @param replies topics that requests may name; one with {@code *} at its end stands for all that begin so
     * @param partitions of topics that are created
     */
    public record Topics(String requests, String answers, List<String> replies, int partitions) {

        public static final Topics DEFAULT = new Topics(REQUESTS, ANSWERS, List.of(), PARTITIONS);

        public Topics {
            replies = List.copyOf(replies);
            requireName("batch-topic", requests);
            requireName("batch-answers", answers);
            require(!requests.equals(answers), "batch-answers", answers, "another topic than batch-topic");
            for (String reply : replies) {
                String name = reply.endsWith("*") ? reply.substring(0, reply.length() - 1) : reply;
                requireName("batch-reply-topic", name);
            }
            requireRange("batch-partitions", partitions, 1, 10_000);
        }
    }

    /**
     * One process among those that share the requests.
     *
     * @param group of all of them
     * @param instance name of this one; empty = after host and port
     * @param notes folder where it notes which requests run; empty = one for temporary files
     */
    public record Member(String group, Optional<String> instance, Optional<Path> notes) {

        public static final Member DEFAULT = new Member(GROUP, Optional.empty(), Optional.empty());

        public Member {
            requireName("batch-group", group);
            instance.ifPresent(name -> requireName("batch-instance", name));
        }
    }

    /**
     * How long requests without a deadline wait for their model, or for their tenant's share, before their error is their answer.
     *
     * @param longest any of them
     * @param crowded while such requests take more than half of what may be held, and those of its tenant and model no less than others
     */
    public record Waits(Duration longest, Duration crowded) {

        public static final Waits DEFAULT = new Waits(Duration.ofDays(1), Duration.ofHours(1));

        public Waits {
            requireRange(
                    "batch-longest-wait-seconds",
                    longest.toSeconds(),
                    1,
                    Duration.ofDays(365).toSeconds());
            requireRange("batch-crowded-wait-seconds", crowded.toSeconds(), 1, longest.toSeconds());
        }
    }

    public BatchTopicSettings {
        client = Map.copyOf(client);
        for (String broker : brokers.split(",", -1)) {
            require(
                    broker.matches("\\[?[A-Za-z0-9.:_-]+]?:[0-9]{1,5}"),
                    "batch-brokers",
                    brokers,
                    "HOST:PORT, separated by commas");
        }
    }

    private static void requireName(String option, String name) {
        require(name.matches(NAME), option, name, "1 to 120 letters, digits, dots, dashes and underscores");
    }

    /** Keeps the clients' settings out of logs. */
    @Override
    public String toString() {
        return "BatchTopicSettings[brokers=" + brokers + ", topics=" + topics + ", member=" + member + ", share="
                + share + ", waits=" + waits + ", client=" + client.size() + "]";
    }
}
