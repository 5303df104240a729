package dev.foretoken.e2e.batch;

import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Metrics;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import dev.foretoken.e2e.tensor.EncoderFolder;
import dev.foretoken.gateway.tenant.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A server of one tenant, which answers requests of topics as well as over HTTP, with a language model and an encoder. It is killed and started again
 * with what is left of it, and so is the broker. Traces what its callers say is to be traced.
 */
final class TopicServer implements AutoCloseable {

    static final String TENANT = "reports";
    static final String ENCODER = "encoder";

    private static final String OPERATOR = "key-of-the-operator";
    /** As often it dies under one name. Once more could cost a request its answer, which is then said to end its servers. */
    private static final int DEATHS = 3;

    private static final int MOST_PAUSE_MILLIS = 500;

    private final TestTopics topics;
    private final SpanCollector spans = SpanCollector.start();
    private final String key = KeyHash.newKey(new SecureRandom());
    private final List<String> options;
    private int deaths;
    private @Nullable ServerProcess process;
    private @Nullable HttpApi api;
    private @Nullable HttpApi operator;

    /**
     * Makes what it needs, and does not start it yet.
     *
     * @param folder of the test
     */
    TopicServer(Path folder, TestTopics topics) throws IOException {
        this.topics = topics;
        Path encoder = EncoderFolder.make(Files.createDirectory(folder.resolve(ENCODER)));
        String hash = KeyHash.of(key, new SecureRandom()).text();
        Path tenants = Files.writeString(
                folder.resolve("tenants.yaml"), "tenants:\n  - id: " + TENANT + "\n    keys: [\"" + hash + "\"]\n");
        options = new ArrayList<>(List.of("serve", "--port", "0", "--grpc-port", "0"));
        options.addAll(List.of("--model", Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA)));
        options.addAll(List.of("--model", ENCODER + "=" + encoder));
        options.addAll(List.of("--tenants", tenants.toString(), "--api-key", OPERATOR));
        options.addAll(List.of("--otlp-endpoint", spans.endpoint(), "--trace-share", "0"));
    }

    /** @param more options */
    void start(String... more) {
        List<String> serve = new ArrayList<>(options);
        serve.addAll(topics.serve("a" + deaths / DEATHS));
        serve.addAll(List.of(more));
        ServerProcess started = ServerProcess.launch(serve, Map.of());
        process = started;
        var http = started.awaitReady().http().orElseThrow();
        api = new HttpApi(http, Optional.of(key));
        operator = new HttpApi(http, Optional.of(OPERATOR));
    }

    /** Speaks as its tenant. */
    HttpApi api() {
        if (api == null) {
            throw new IllegalStateException("not started");
        }
        return api;
    }

    Metrics metrics() {
        if (operator == null) {
            throw new IllegalStateException("not started");
        }
        return Metrics.of(operator.get("/metrics").ok().asText());
    }

    List<SpanCollector.Span> spans() {
        return spans.spans();
    }

    /** Ends it as {@code kill -9} does, and starts it again. */
    void restart(String... more) {
        kill();
        start(more);
    }

    private void kill() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        process.close();
        deaths++;
    }

    /** The same for it and the broker, in one of three orders: it may be first, come back without a broker, or live on for a while after it. */
    void restartWithBroker(Random random) throws Exception {
        KafkaBroker broker = KafkaBroker.shared();
        boolean first = random.nextBoolean();
        if (first) {
            kill();
            pause(random);
        }
        broker.kill();
        pause(random);
        if (!first) {
            broker.start();
            pause(random);
            restart();
        } else if (random.nextBoolean()) {
            start();
            broker.start();
        } else {
            broker.start();
            start();
        }
    }

    /** What is under way when the next one ends is chance. */
    private static void pause(Random random) throws InterruptedException {
        Thread.sleep(random.nextInt(MOST_PAUSE_MILLIS));
    }

    @Override
    public void close() {
        spans.close();
        if (process != null) {
            process.close();
        }
    }
}
