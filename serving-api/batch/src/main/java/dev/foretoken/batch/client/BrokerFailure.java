package dev.foretoken.batch.client;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a person is told when Kafka does not do what was asked. */
final class BrokerFailure {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String brokers;

    BrokerFailure(String brokers) {
        this.brokers = brokers;
    }

    /** The broker's answer. @throws ForetokenException as {@link #of} */
    <T> T await(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw of(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw of(e);
        }
    }

    ForetokenException of(Throwable cause) {
        return switch (cause) {
            case ForetokenException known -> known;
            case UnknownTopicOrPartitionException absent ->
                new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "a topic is not there at " + brokers + "; a server with --batch-brokers creates them",
                        absent);
            case AuthenticationException refused ->
                unreachable(
                        "refused who we are (" + refused.getMessage() + "); give credentials by --batch-config", cause);
            case AuthorizationException refused ->
                unreachable("does not allow this (" + refused.getMessage() + ")", refused);
            case TimeoutException late -> silent(late);
            case org.apache.kafka.common.errors.TimeoutException late -> silent(late);
            case ConfigException wrong ->
                new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "Kafka's client, told of " + brokers + ", says: " + wrong.getMessage()
                                + "; brokers are HOST:PORT, separated by commas, other settings come from --batch-config",
                        wrong);
            case KafkaException other
            when other.getCause() != null && other.getCause() != other -> of(other.getCause());
            default -> unreachable("failed: " + cause.getMessage(), cause);
        };
    }

    private ForetokenException silent(Throwable cause) {
        return unreachable("did not answer in time; is a broker there?", cause);
    }

    private ForetokenException unreachable(String what, Throwable cause) {
        return new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, "Kafka at " + brokers + " " + what, cause);
    }
}
