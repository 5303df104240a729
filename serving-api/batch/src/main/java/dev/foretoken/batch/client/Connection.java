package dev.foretoken.batch.client;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * How the brokers are reached.
 *
 * @param brokers {@code HOST:PORT}, separated by commas
 * @param settings of Kafka's clients beside ours: TLS, SASL. Never logged
 */
public record Connection(String brokers, Map<String, String> settings) {

    public Connection {
        settings = Map.copyOf(settings);
    }

    /** Of any client, to be added to. */
    public Map<String, Object> client() {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return all;
    }

    /** Settings may hold passwords. */
    @Override
    public String toString() {
        return "Connection[brokers=" + brokers + "]";
    }
}
