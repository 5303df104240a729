package dev.foretoken.gateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.foretoken.gateway.remote.PodTarget;
import dev.foretoken.wire.tls.TlsFiles;
import dev.foretoken.wire.tls.TlsMaterial;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against an HTTP server that says what an API server would. */
@Timeout(300)
class KubernetesPodsTest {

    private static final String GONE =
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}";

    /** The beginning of a list behind which nothing comes. */
    private static final String UNENDING = "{\"kind\":\"Unending\"";

    @TempDir
    Path folder;

    private final CountDownLatch released = new CountDownLatch(1);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    /** What the server answers to lists, one after another; {@code !503} is a status. */
    private final BlockingQueue<String> lists = new LinkedBlockingQueue<>();
    /** Lines of watches; an empty one ends a watch. */
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final BlockingQueue<Set<PodTarget>> told = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private KubernetesApi api;
    private KubernetesPods pods;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        Path token = Files.writeString(folder.resolve("token"), "secret-of-the-account\n");
        api = new KubernetesApi(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                token,
                TlsMaterial.read(TlsFiles.NONE, InstantSource.system()));
        pods = new KubernetesPods(new KubernetesService("models", "pods", "grpc"), api, Duration.ofMillis(1));
    }

    @AfterEach
    void stop() {
        pods.close();
        released.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        try (exchange) {
            boolean watch = exchange.getRequestURI().getQuery().contains("watch=true");
            String list = watch ? "" : lists.take();
            exchange.sendResponseHeaders(list.startsWith("!") ? Integer.parseInt(list.substring(1)) : 200, 0);
            OutputStream body = exchange.getResponseBody();
            body.write(list.getBytes(StandardCharsets.UTF_8));
            if (list.startsWith(UNENDING)) {
                body.flush();
                released.await();
            }
            for (String line = watch ? events.take() : ""; !line.isEmpty(); line = events.take()) {
                body.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                body.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String list(String version, String... slices) {
        return "{\"kind\":\"EndpointSliceList\",\"metadata\":{\"resourceVersion\":\"" + version + "\"},\"items\":["
                + String.join(",", slices) + "]}";
    }

    private static String slice(String name, String... endpoints) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"addressType\":\"IPv4\",\"endpoints\":["
                + String.join(",", endpoints) + "],\"ports\":[{\"name\":\"http\",\"port\":8080},"
                + "{\"name\":\"grpc\",\"port\":9191}]}";
    }

    private static String endpoint(String address, boolean ready) {
        return "{\"addresses\":[\"" + address + "\"],\"conditions\":{\"ready\":" + ready + "}}";
    }

    private static String event(String type, String object) {
        return "{\"type\":\"" + type + "\",\"object\":" + object + "}";
    }

    private void assertTold(String... hosts) throws InterruptedException {
        assertThat(told.poll(2, TimeUnit.MINUTES))
                .extracting(PodTarget::address)
                .containsExactlyInAnyOrder(hosts);
    }

    @Test
    void tellsTheReadyPodsOfTheServiceAndEachChange() throws InterruptedException {
        lists.add(list("17", slice("a", endpoint("10.0.0.1", true), endpoint("10.0.0.2", false)), slice("b")));
        pods.start(told::add);
        assertTold("10.0.0.1:9191");
        events.add(event("MODIFIED", slice("a", endpoint("10.0.0.1", true), endpoint("10.0.0.2", true))));
        assertTold("10.0.0.1:9191", "10.0.0.2:9191");
        events.add(event("ADDED", slice("c", endpoint("10.0.0.3", true))));
        assertTold("10.0.0.1:9191", "10.0.0.2:9191", "10.0.0.3:9191");
        events.add(event("DELETED", slice("a", endpoint("10.0.0.1", true))));
        assertTold("10.0.0.3:9191");
        assertThat(asked)
                .hasSize(2)
                .allMatch(
                        call -> call.startsWith(
                                "/apis/discovery.k8s.io/v1/namespaces/models/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dpods"))
                .allMatch(call -> call.endsWith(" Bearer secret-of-the-account"));
        assertThat(asked.getLast()).contains("watch=true").contains("resourceVersion=17");
    }

    @Test
    void listsAgainWhenTheServerHasForgottenTheVersion() throws InterruptedException {
        lists.add(list("17", slice("a", endpoint("10.0.0.1", true))));
        pods.start(told::add);
        assertTold("10.0.0.1:9191");
        events.add(GONE);
        lists.add(list("99", slice("b", endpoint("10.0.0.9", true))));
        assertTold("10.0.0.9:9191");
    }

    @Test
    void asksAgainAfterAFailureAndKeepsWhatItHasToldBefore() throws InterruptedException {
        lists.add(list("17", slice("a", endpoint("10.0.0.1", true))));
        pods.start(told::add);
        assertTold("10.0.0.1:9191");
        lists.add("!503");
        lists.add("no json");
        lists.add(list("18", slice("a", endpoint("10.0.0.1", true), endpoint("10.0.0.2", true))));
        events.add("");
        assertTold("10.0.0.1:9191", "10.0.0.2:9191");
    }

    @Test
    void aListThatDoesNotEndIsAskedForAgain() throws InterruptedException {
        KubernetesPods hasty = new KubernetesPods(
                new KubernetesService("models", "pods", "grpc"), api, Duration.ofMillis(1), Duration.ofMillis(20));
        lists.add(UNENDING);
        lists.add(list("17", slice("a", endpoint("10.0.0.1", true))));
        hasty.start(told::add);
        assertTold("10.0.0.1:9191");
        hasty.close();
    }

    @Test
    void whoCannotTakeWhatIsToldIsToldAgain() throws InterruptedException {
        lists.add(list("17", slice("a", endpoint("10.0.0.1", true))));
        lists.add(list("18", slice("a", endpoint("10.0.0.2", true))));
        AtomicBoolean failed = new AtomicBoolean();
        pods.start(known -> {
            if (!failed.getAndSet(true)) {
                throw new IllegalStateException("cannot take it");
            }
            told.add(known);
        });
        assertTold("10.0.0.2:9191");
    }
}
