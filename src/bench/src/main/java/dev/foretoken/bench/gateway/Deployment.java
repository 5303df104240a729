package dev.foretoken.bench.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.bench.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The two processes beside the client: pods, and a gateway in front of them. Closing it ends both. */
final class Deployment implements AutoCloseable {

    static final String MODEL = "echo";

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final String GATEWAY_READY = "ready ";
    /** The JDK's HTTP server otherwise waits for acknowledgements before it sends a small event. */
    private static final String SEND_AT_ONCE = "-Dsun.net.httpserver.nodelay=true";

    private static final String HTTP = "http=";

    private final Queue<Mark> marks = new ConcurrentLinkedQueue<>();
    private final ChildProcess pods;
    private final ChildProcess gateway;
    private final String directUrl;
    private final String url;

    /**
     * Starts both and waits until callers can ask.
     *
     * @param app the jar that starts Foretoken
     * @param checkpoint whose tokenizer the gateway uses
     * @param flags of the gateway's Java, beside those of this process
     */
    Deployment(Path app, Path checkpoint, GatewayReport.Load load, List<String> flags)
            throws IOException, InterruptedException {
        pods = new ChildProcess(
                List.of(SEND_AT_ONCE),
                podArguments(checkpoint, load),
                PodsCommand.READY,
                line -> Mark.parse(line).ifPresent(marks::add));
        try {
            String[] addresses = pods.awaitReady(READY_WITHIN)
                    .substring(PodsCommand.READY.length())
                    .split(" ", -1);
            directUrl = "http://" + addresses[0];
            gateway = new ChildProcess(
                    flags,
                    gatewayArguments(app, checkpoint, Arrays.copyOfRange(addresses, 1, addresses.length)),
                    GATEWAY_READY,
                    line -> {});
        } catch (IOException | InterruptedException e) {
            pods.close();
            throw e;
        }
        try {
            url = http(gateway.awaitReady(READY_WITHIN));
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    private static List<String> podArguments(Path checkpoint, GatewayReport.Load load) throws IOException {
        JsonNode config =
                new ObjectMapper().readTree(checkpoint.resolve("config.json").toFile());
        return List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "dev.foretoken.bench.Bench",
                PodsCommand.NAME,
                "--model=" + MODEL,
                "--vocabulary=" + config.required("vocab_size").asInt(),
                "--context=" + config.required("max_position_embeddings").asInt(),
                "--pods=" + load.pods(),
                "--step=" + load.stepMillis());
    }

    private static List<String> gatewayArguments(Path app, Path checkpoint, String... pods) {
        List<String> arguments = new ArrayList<>(List.of("-jar", app.toString(), "serve", "--role", "gateway"));
        arguments.addAll(List.of("--model", MODEL + "=" + checkpoint, "--port", "0", "--grpc-port", "0"));
        Arrays.stream(pods).forEach(pod -> arguments.addAll(List.of("--pod", pod)));
        return arguments;
    }

    private static String http(String readyLine) throws IOException {
        return Arrays.stream(readyLine.split(" ", -1))
                .filter(part -> part.startsWith(HTTP))
                .findFirst()
                .map(part -> part.substring(HTTP.length()))
                .orElseThrow(() -> new IOException("the gateway does not say where it listens: " + readyLine));
    }

    /** What answers without the gateway. */
    String directUrl() {
        return directUrl;
    }

    String url() {
        return url;
    }

    Duration gatewayCpu() throws IOException {
        return gateway.cpu();
    }

    /** Of every request that a pod has given a token so far. */
    List<Mark> marks() {
        return List.copyOf(marks);
    }

    @Override
    public void close() {
        gateway.close();
        pods.close();
    }
}
