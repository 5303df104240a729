package dev.foretoken.app.config;

import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.kafka.BatchTopics;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that speak with the brokers of batches. */
public final class TopicOptions {

    @Option(
            names = "--brokers",
            paramLabel = "HOST:PORT,..",
            required = true,
            defaultValue = "${env:FORETOKEN_BATCH_BROKERS}",
            description = "Kafka brokers. Default: the environment variable FORETOKEN_BATCH_BROKERS.")
    String brokers = "";

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_TOPIC:-foretoken-requests}",
            description = "Where requests are; as --batch-topic of the server. Default: ${DEFAULT-VALUE}.")
    String topic = BatchTopicSettings.REQUESTS;

    @Option(
            names = "--answers",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_ANSWERS:-foretoken-answers}",
            description = "Where answers are; as --batch-answers of the server. Default: ${DEFAULT-VALUE}.")
    String answers = BatchTopicSettings.ANSWERS;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_BATCH_GROUP:-foretoken}",
            description = "The servers' group; as their --batch-group. Default: ${DEFAULT-VALUE}.")
    String group = BatchTopicSettings.GROUP;

    @Mixin
    ClientSettingsOptions clients = new ClientSettingsOptions();

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for a file that cannot be read */
    public Connection connection() {
        return new Connection(brokers, clients.read());
    }

    /** Of the servers that answer. */
    public String group() {
        return group;
    }

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for names that topics cannot have */
    public BatchTopics topics() {
        return BatchTopics.named(topic, answers);
    }
}
