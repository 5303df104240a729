package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.replica.RegistryReplica;
import dev.foretoken.registry.replica.ReplicaConfig;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica against the routes of a registry, over a connection that can be cut. */
@QuarkusTest
class ReplicaRouteTest {

    private static final Path MODEL = Path.of("../../src/models/conformance/llama-mqa-f16");
    private static final String NAME = "copied";

    @Inject
    TestEdge edge;

    @Inject
    AdminPort port;

    @TempDir
    Path home;

    private URI registry;
    private HttpServer between;
    /** Answers to come that end after so many bytes. */
    private final AtomicInteger cut = new AtomicInteger();

    private final AtomicInteger damaged = new AtomicInteger();

    @BeforeEach
    void begin() throws IOException {
        registry = URI.create("http://127.0.0.1:" + port.listen().orElseThrow());
        between = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        between.createContext("/", this::pass);
        between.start();
        if (edge.registry.models().stream().noneMatch(model -> model.name().equals(NAME))) {
            edge.registry.importModel(
                    NAME,
                    MODEL,
                    Trust.OWN_FOLDER,
                    new Provenance("a folder", "test 1", "import", Map.of(), null, Instant.EPOCH),
                    LoadProgress.SILENT);
        }
    }

    @AfterEach
    void end() {
        between.stop(0);
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            HttpURLConnection asked = (HttpURLConnection)
                    registry.resolve(exchange.getRequestURI()).toURL().openConnection();
            for (String header : List.of("Authorization", "Range")) {
                Optional.ofNullable(exchange.getRequestHeaders().getFirst(header))
                        .ifPresent(value -> asked.setRequestProperty(header, value));
            }
            int status = asked.getResponseCode();
            InputStream body = status < 400 ? asked.getInputStream() : asked.getErrorStream();
            byte[] bytes = body.readAllBytes();
            boolean blob = exchange.getRequestURI().getPath().contains("/blobs/") && bytes.length > 4096;
            if (blob && damaged.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                bytes[1000] ^= 1;
            }
            exchange.sendResponseHeaders(status, bytes.length);
            boolean ends = blob && cut.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            exchange.getResponseBody().write(bytes, 0, ends ? 2048 : bytes.length);
            exchange.getResponseBody().flush();
        }
    }

    private RegistryReplica replica(String key) {
        URI address = URI.create("http://127.0.0.1:" + between.getAddress().getPort());
        return RegistryReplica.open(
                new ReplicaConfig(address, key, Optional.empty(), home, 1 << 20), Clock.systemUTC());
    }

    private static VariantRef base() {
        return VariantRef.base(NAME, 1);
    }

    private static void requireSame(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.filter(path -> path.toString().endsWith("config.json")
                            || path.toString().endsWith("tokenizer.json"))
                    .toList()) {
                assertThat(folder.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void tellsOfAModelWhatTheRegistryTells() {
        edge.registry.setAlias(NAME, "prod", Reference.parse(NAME + "@1"), "");
        edge.registry.assign(new Assignment("cpu", List.of(Reference.parse(NAME + ":prod"))));
        try (RegistryReplica replica = replica(TestEdge.ADMIN_KEY)) {
            RegistryReplica.Assigned assigned = replica.assigned();
            assertThat(assigned.revision()).isEqualTo(edge.registry.revision());
            assertThat(assigned.groups()).isEqualTo(edge.registry.assignments());
            ModelDetail expected = edge.registry.model(NAME);
            assertThat(replica.model(NAME))
                    .isEqualTo(
                            new ModelDetail(NAME, expected.versions(), expected.aliases(), List.of(), expected.gate()));
        } finally {
            edge.registry.assign(new Assignment("cpu", List.of()));
        }
    }

    @Test
    void copiesFilesOnceThroughConnectionsThatBreakAndNeedsNobodyAfterwards() throws IOException {
        try (RegistryReplica replica = replica(TestEdge.ADMIN_KEY)) {
            replica.model(NAME);
            cut.set(3);
            requireSame(replica.folder(base()));
            assertThat(cut).hasValue(0);
            between.stop(0);
            replica.check(base(), LoadProgress.SILENT);
            requireSame(replica.folder(base()));
            assertThatThrownBy(replica::assigned)
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_UNAVAILABLE));
        }
    }

    @Test
    void bytesThatAreNotTheDigestsAreNotTaken() throws IOException {
        try (RegistryReplica replica = replica(TestEdge.ADMIN_KEY)) {
            replica.model(NAME);
            damaged.set(1);
            assertThatThrownBy(() -> replica.folder(base()))
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
            requireSame(replica.folder(base()));
        }
    }

    @Test
    void aCopyThatADiskHasDamagedIsFetchedAgain() throws IOException {
        try (RegistryReplica replica = replica(TestEdge.ADMIN_KEY)) {
            replica.model(NAME);
            Path config = replica.folder(base()).resolve("config.json");
            config.toFile().setWritable(true);
            Files.writeString(config, "{}");
            replica.check(base(), LoadProgress.SILENT);
            requireSame(replica.folder(base()));
        }
    }

    @Test
    void aGatewayCopiesTextsAlone() throws IOException {
        try (RegistryReplica replica = replica(TestEdge.ADMIN_KEY)) {
            replica.model(NAME);
            Path folder = replica.folder(base(), path -> !path.endsWith(".safetensors"));
            requireSame(folder);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.contains("safetensors"));
            }
        }
    }

    @Test
    void aKeyThatOpensNoBlobsIsNamed() {
        try (RegistryReplica replica = replica("wrong-key-of-some-length")) {
            assertThatThrownBy(replica::assigned)
                    .hasMessageContaining("answers 401")
                    .hasMessageNotContaining("wrong-key");
        }
    }
}
