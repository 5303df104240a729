package dev.foretoken.batch.kafka;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a worker works, and as whom.
 *
 * @param brokers {@code HOST:PORT}, separated by commas
 * @param client settings of Kafka's clients beside ours: TLS, SASL. Never logged
 * @param group workers of one group share the partitions
 * @param instance one worker's name in its group, the same after a restart: a new worker of this name ends what the one before it left unfinished, at
 *     once, and fences it off
 * @param partitions of topics that are created because they are absent
 * @param notes folder where a worker notes which requests run; one that kills its process each time is known by them. Empty = it is not known
 */
public record BatchConfig(
        String brokers,
        Map<String, String> client,
        BatchTopics topics,
        String group,
        String instance,
        int partitions,
        WorkerLimits limits,
        Optional<Path> notes) {

    /** Without notes. */
    public BatchConfig(
            String brokers,
            Map<String, String> client,
            BatchTopics topics,
            String group,
            String instance,
            int partitions,
            WorkerLimits limits) {
        this(brokers, client, topics, group, instance, partitions, limits, Optional.empty());
    }

    public BatchConfig {
        client = Map.copyOf(client);
        require(!brokers.isBlank(), "batch.brokers", brokers, "HOST:PORT, separated by commas");
        require(!group.isBlank(), "batch.group", group, "a name");
        require(!instance.isBlank(), "batch.instance", instance, "a name");
        require(partitions >= 1 && partitions <= 10_000, "batch.partitions", partitions, "in [1, 10000]");
    }

    /** Settings of clients may hold passwords. */
    @Override
    public String toString() {
        return "BatchConfig[brokers=" + brokers + ", topics=" + topics + ", group=" + group + ", instance=" + instance
                + "]";
    }
}
