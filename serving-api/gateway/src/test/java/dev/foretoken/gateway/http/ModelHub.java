package dev.foretoken.gateway.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.oci.OciConfig;
import dev.foretoken.registry.oci.OciCredentials;
import dev.foretoken.registry.pull.PullConfig;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.transfer.ModelPull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A hub on a loopback port: {@code hf://org/model} has the files of one folder, {@code hf://org/slow} never answers. */
final class ModelHub implements AutoCloseable {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    final CountDownLatch slowWasAsked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final Path folder;

    ModelHub(Path folder) {
        this.folder = folder;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Asks nobody but this hub. */
    ModelPull.Sources sources() {
        HostRules rules = new HostRules(List.of(), List.of(host()));
        PullConfig files =
                new PullConfig(rules, RemoteLimits.defaults(), URI.create("http://" + host()), Optional.empty());
        return new ModelPull.Sources(files, new OciConfig(rules, OciCredentials.none()));
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/api/models/org/model/")) {
            answer(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith("/org/model/resolve/" + COMMIT + "/")) {
            answer(exchange, 200, Files.readAllBytes(folder.resolve(path.substring(path.lastIndexOf('/') + 1))));
        } else if (path.startsWith("/api/models/org/slow/")) {
            slowWasAsked.countDown();
            awaitEnd();
        } else {
            answer(exchange, 404, "{}".getBytes(StandardCharsets.UTF_8));
        }
    }

    private void awaitEnd() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String listing() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return "{\"sha\":\"%s\",\"siblings\":[%s]}"
                    .formatted(COMMIT, files.map(ModelHub::sibling).collect(Collectors.joining(",")));
        }
    }

    private static String sibling(Path file) {
        try {
            return "{\"rfilename\":\"%s\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\"}}"
                    .formatted(
                            file.getFileName(),
                            Files.size(file),
                            Digest.of(file).hex());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
