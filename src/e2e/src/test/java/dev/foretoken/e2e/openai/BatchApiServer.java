package dev.foretoken.e2e.openai;

import dev.foretoken.e2e.batch.TestTopics;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A server that takes batches over HTTP, and whose models take a moment or minutes for a request. It can be killed, and goes on with its folder. */
final class BatchApiServer implements AutoCloseable {

    /** How requests of batches reach engines. */
    enum Backing {
        /** Through the server's own folder. */
        FOLDER,
        KAFKA;

        private List<String> options() {
            return this == KAFKA ? new TestTopics().serve() : List.of();
        }
    }

    /** The name in {@code src/docs/batch.md}. */
    static final String DEMO = "demo";

    private final List<String> options;
    private @Nullable ServerProcess process;
    private @Nullable URI http;

    /**
     * Starts it.
     *
     * @param folder of the test
     */
    BatchApiServer(Path folder, Backing backing) {
        options = new ArrayList<>(List.of("serve", "--port", "0", "--grpc-port", "0"));
        options.addAll(models(folder));
        options.addAll(List.of("--batch-folder", folder.resolve("batches").toString()));
        options.addAll(backing.options());
        start();
    }

    private static List<String> models(Path folder) {
        Path quick = Checkout.checkpoint(Models.LLAMA);
        List<String> options = new ArrayList<>(List.of("--model", Models.LLAMA + "=" + quick));
        options.addAll(List.of("--model", DEMO + "=" + quick));
        Models.longAlone(folder)
                .models()
                .forEach((name, where) -> options.addAll(List.of("--model", name + "=" + where)));
        return options;
    }

    private void start() {
        process = ServerProcess.launch(options, Map.of());
        http = process.awaitReady().http().orElseThrow();
    }

    URI http() {
        if (http == null) {
            throw new IllegalStateException("not started");
        }
        return http;
    }

    /** Ends it as {@code kill -9} does, and starts it again. */
    void restart() {
        close();
        start();
    }

    /** Writes a file of requests that take minutes together, whatever computes them: each as many tokens as its context has room for. */
    static Path longRequests(Path file, int count) throws IOException {
        String lines = IntStream.range(0, count)
                .mapToObj(i -> "{\"custom_id\":\"c" + i
                        + "\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"" + Models.LONG
                        + "\",\"prompt\":\"The number of this one is " + i + "\",\"ignore_eos\":true,\"max_tokens\":"
                        + (Models.LONG_CONTEXT - 100) + "}}")
                .collect(Collectors.joining("\n"));
        return Files.writeString(file, lines);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
