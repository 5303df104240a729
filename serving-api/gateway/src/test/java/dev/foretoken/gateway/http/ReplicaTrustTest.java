package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.gateway.registry.RegistryDesk;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.gateway.registry.RegistryPulls;
import dev.foretoken.gateway.registry.RegistryUploads;
import dev.foretoken.gateway.registry.UploadLimits;
import dev.foretoken.gateway.registry.Uploads;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.replica.RegistryReplica;
import dev.foretoken.registry.replica.ReplicaConfig;
import dev.foretoken.registry.transfer.ModelPull;
import dev.foretoken.registry.transfer.PullQueue;
import dev.foretoken.registry.trust.KeyAlgorithm;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replica takes from a registry that requires signatures. */
class ReplicaTrustTest {

    private static final Path MODEL = Path.of("../../src/models/conformance/llama-mqa-f16");
    private static final SigningKey KEY = SigningKey.create("release", KeyAlgorithm.ED25519);
    private static final VariantRef TOY = VariantRef.base("toy", 1);

    private static final Provenance FROM =
            new Provenance("a folder", "test 1", "import", Map.of(), null, Instant.EPOCH);

    @TempDir
    Path home;

    private final ModelHub hub = new ModelHub(MODEL);
    private Registry registry;
    private RegistryDesk desk;
    private HttpServer server;
    /** Bytes after the end of each blob. */
    private volatile int longer;

    /** Blobs that are answered with other bytes. */
    private final Set<Digest> damaged = new HashSet<>();

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(home.resolve("keys"));
        Files.writeString(home.resolve("keys/release.pub"), KEY.publicHalf().pem());
        registry = Registry.open(
                RegistryConfig.at(home.resolve("own")).withTrust(TrustPolicy.REQUIRE, home.resolve("keys")));
        registry.importModel("toy", MODEL, Trust.OWN_FOLDER, FROM, LoadProgress.SILENT);
        desk = desk();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/registry/v1/models/toy", call -> answer(call, RegistryJson.bytes(desk.model("toy"))));
        server.createContext("/registry/v1/blobs/", call -> {
            String path = call.getRequestURI().getPath();
            Digest digest = Digest.parse(path.substring(path.lastIndexOf('/') + 1));
            byte[] bytes = Files.readAllBytes(registry.blobFile(digest));
            bytes[bytes.length / 2] ^= (byte) (damaged.contains(digest) ? 1 : 0);
            answer(call, Arrays.copyOf(bytes, bytes.length + longer));
        });
        server.start();
    }

    private RegistryDesk desk() {
        InstantSource clock = InstantSource.system();
        Uploads uploads =
                new Uploads(home.resolve("uploads"), UploadLimits.DEFAULT, clock, System::nanoTime, () -> "id");
        ModelPull pull = new ModelPull(registry, home.resolve("pulls"), hub::sources, "test 1", clock);
        PullQueue queue = new PullQueue(
                pull,
                PullQueue.Limits.DEFAULT,
                clock,
                () -> "id",
                Thread.ofVirtual().factory());
        return new RegistryDesk(
                registry,
                new RegistryUploads(registry, uploads, "test 1", clock),
                new RegistryPulls(queue),
                new CopyWorkshop(),
                true);
    }

    private static void answer(HttpExchange call, byte[] bytes) throws IOException {
        try (call) {
            call.sendResponseHeaders(200, bytes.length);
            call.getResponseBody().write(bytes);
        }
    }

    @AfterEach
    void end() {
        server.stop(0);
        hub.close();
        registry.close();
    }

    @Test
    void aVariantIsNotGivenOutBeforeATrustedKeySignsIt() {
        try (RegistryReplica replica = replica()) {
            replica.model("toy");
            refused(() -> replica.folder(TOY));
            refused(() -> replica.folder(TOY, path -> true));
            refused(() -> replica.check(TOY, LoadProgress.SILENT));
            registry.sign(TOY, KEY);
            replica.model("toy");
            replica.check(TOY, LoadProgress.SILENT);
            assertThat(replica.folder(TOY)).isDirectory();
        }
    }

    @Test
    void aVariantWhoseManifestIsDamagedIsLeftOut() throws IOException {
        Path other = home.resolve("other");
        Files.createDirectories(other);
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, other.resolve(file.getFileName()));
            }
        }
        Files.writeString(other.resolve("README.md"), "another");
        registry.importModel("toy", other, Trust.OWN_FOLDER, FROM, LoadProgress.SILENT);
        damaged.add(manifest(2));
        try (RegistryReplica replica = replica()) {
            assertThat(replica.model("toy").versions())
                    .extracting(VersionDetail::version)
                    .containsExactly(1);
            damaged.add(manifest(1));
            assertThat(replica.model("toy").versions()).as("it is here").hasSize(1);
            damaged.clear();
            assertThat(replica.model("toy").versions()).hasSize(2);
        }
        damaged.add(manifest(1));
        try (RegistryReplica replica = replica()) {
            spoil(manifest(1));
            spoil(manifest(2));
            assertThat(replica.model("toy").versions())
                    .extracting(VersionDetail::version)
                    .as("the copy of one is healed")
                    .containsExactly(2);
        }
    }

    @Test
    void copiesOfPartsGoWhenNobodyUsesThemAndAreBounded() throws IOException {
        registry.sign(TOY, KEY);
        try (RegistryReplica replica = replica()) {
            replica.model("toy");
            assertThat(replica.folder(TOY, path -> path.equals("config.json"))).isDirectory();
            replica.folder(TOY);
            assertThat(home.resolve("copies/views").toFile().list()).hasSize(2);
            replica.drop(TOY);
            assertThat(home.resolve("copies/views").toFile().list()).isEmpty();
        }
        try (RegistryReplica replica = replica("copies", 100)) {
            replica.model("toy");
            assertThatThrownBy(() -> replica.folder(TOY, path -> true))
                    .isInstanceOfSatisfying(ForetokenException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL);
                        assertThat(e).hasMessageContaining("at most 100 are copied");
                    });
        }
    }

    @Test
    void anAnswerThatIsLongerThanItsBlobIsNotReadToItsEnd() {
        registry.sign(TOY, KEY);
        try (RegistryReplica replica = replica()) {
            replica.model("toy");
            longer = 100;
            assertThatThrownBy(() -> replica.folder(TOY)).isInstanceOfSatisfying(ForetokenException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
                assertThat(e).hasMessageContaining("sends more than the");
            });
            longer = 0;
            assertThat(replica.folder(TOY)).isDirectory();
        }
        longer = 5 << 20;
        try (RegistryReplica replica = replica("others", 1)) {
            assertThatThrownBy(() -> replica.model("toy"))
                    .hasMessageContaining("no variant of model 'toy' can be read");
        }
    }

    private Digest manifest(int version) {
        return registry.variant(VariantRef.base("toy", version)).manifest();
    }

    private void spoil(Digest blob) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("copies"))) {
            Path copy = files.filter(file -> file.getFileName().toString().equals(blob.hex()))
                    .findFirst()
                    .orElseThrow();
            assertThat(copy.toFile().setWritable(true)).isTrue();
            Files.writeString(copy, "{}");
        }
    }

    private RegistryReplica replica() {
        return replica("copies", 1 << 20);
    }

    private RegistryReplica replica(String copies, long bytes) {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        ReplicaConfig config = new ReplicaConfig(address, "", Optional.empty(), home.resolve(copies), bytes);
        return RegistryReplica.open(config, Clock.systemUTC());
    }

    private static void refused(Runnable use) {
        assertThatThrownBy(use::run).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_REFUSED);
            assertThat(e).hasMessageContaining("toy@1/base is not signed");
        });
    }
}
