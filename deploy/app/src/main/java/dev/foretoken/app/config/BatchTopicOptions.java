package dev.foretoken.app.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options about requests that come in by Kafka. */
public final class BatchTopicOptions {

    @Option(
            names = "--batch-brokers",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:FORETOKEN_BATCH_BROKERS}",
            description =
                    "Kafka brokers, separated by commas: this process answers requests of a topic too, each once, in what callers leave (src/docs/batch-topics.md). Topics that are not there are created. Default: none.")
    @Nullable
    String brokers;

    @Option(
            names = "--batch-topic",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_TOPIC:-foretoken-requests}",
            description =
                    "Where requests are. What cannot be answered goes to NAME-dead-letters and the ids of what was answered to NAME-answered, without an ending -requests. Default: ${DEFAULT-VALUE}.")
    String topic = BatchTopicSettings.REQUESTS;

    @Option(
            names = "--batch-answers",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_ANSWERS:-foretoken-answers}",
            description = "Where answers go. Default: ${DEFAULT-VALUE}.")
    String answers = BatchTopicSettings.ANSWERS;

    @Option(
            names = "--batch-reply-topic",
            paramLabel = "NAME|PREFIX*",
            split = ",",
            defaultValue = "${env:FORETOKEN_BATCH_REPLY_TOPIC}",
            description =
                    "Topics that a request may name for its own answer, or with * at the end what their names begin with; repeatable. Default: none.")
    List<String> replyTopics = List.of();

    @Option(
            names = "--batch-group",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_GROUP:-foretoken}",
            description = "Processes of one group share the requests. Default: ${DEFAULT-VALUE}.")
    String group = BatchTopicSettings.GROUP;

    @Option(
            names = "--batch-instance",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_INSTANCE}",
            description =
                    "Name of this process in its group, which no other has; the same after a restart, so that what was left unfinished is ended at once. Default: host name and HTTP port.")
    @Nullable
    String instance;

    @Option(
            names = "--batch-notes",
            paramLabel = "DIR",
            defaultValue = "${env:FORETOKEN_BATCH_NOTES}",
            description =
                    "Folder of this machine for notes of which requests run: by them a request is known that kills its server each time. It should outlive the container. Not with --batch-share. Default: foretoken-batch-USER in the folder for temporary files.")
    @Nullable
    Path notes;

    @Option(
            names = "--batch-partitions",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_BATCH_PARTITIONS:-12}",
            description =
                    "Partitions of topics that are created: no more processes than this can share the requests. Default: ${DEFAULT-VALUE}.")
    int partitions = BatchTopicSettings.PARTITIONS;

    @Option(
            names = "--batch-share",
            defaultValue = "${env:FORETOKEN_BATCH_SHARE:-false}",
            description =
                    "Takes requests as a share group: more processes than partitions, but each request is answered at least once instead of once (src/docs/batch-kafka.md).")
    boolean share;

    @Option(
            names = "--batch-longest-wait-seconds",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_BATCH_LONGEST_WAIT_SECONDS:-86400}",
            description =
                    "How long a request without a deadline may wait for its model, or for its tenant's share, before its error is its answer. Default: ${DEFAULT-VALUE}.")
    long longestWait = BatchTopicSettings.Waits.DEFAULT.longest().toSeconds();

    @Option(
            names = "--batch-crowded-wait-seconds",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_BATCH_CROWDED_WAIT_SECONDS:-3600}",
            description =
                    "The same, while such requests take more than half of what this process may hold, for those of tenants and models that have most of them. Default: ${DEFAULT-VALUE}.")
    long crowdedWait = BatchTopicSettings.Waits.DEFAULT.crowded().toSeconds();

    @Mixin
    ClientSettingsOptions clients = new ClientSettingsOptions();

    Optional<BatchTopicSettings> settings() {
        return given(brokers)
                .map(named -> new BatchTopicSettings(
                        named,
                        new BatchTopicSettings.Topics(topic, answers, replyTopics, partitions),
                        new BatchTopicSettings.Member(group, given(instance), notes()),
                        share,
                        new BatchTopicSettings.Waits(Duration.ofSeconds(longestWait), Duration.ofSeconds(crowdedWait)),
                        clients.read()));
    }

    private Optional<Path> notes() {
        return Optional.ofNullable(notes).filter(folder -> !folder.toString().isEmpty());
    }

    /** An empty environment variable says nothing. */
    private static Optional<String> given(@Nullable String text) {
        return Optional.ofNullable(text).filter(some -> !some.isEmpty());
    }
}
