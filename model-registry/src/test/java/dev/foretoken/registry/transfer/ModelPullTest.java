package dev.foretoken.registry.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.oci.OciConfig;
import dev.foretoken.registry.oci.OciCredentials;
import dev.foretoken.registry.pull.PullConfig;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.remote.StubHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a hub to a version; the protocols themselves are tested beside them. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModelPullTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    private final StubHost hub = new StubHost();
    private Registry registry;

    @BeforeEach
    void offer() throws IOException {
        registry = Registry.open(RegistryConfig.at(folder.resolve("registry")));
        Path model = SampleModels.single(folder.resolve("model"));
        try (Stream<Path> files = Files.list(model)) {
            String siblings = files.map(this::offer).collect(Collectors.joining(","));
            hub.on(
                    "/api/models/org/model/revision/main",
                    "{\"sha\":\"%s\",\"siblings\":[%s]}".formatted(COMMIT, siblings));
        }
    }

    private String offer(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            hub.file("/org/model/resolve/" + COMMIT + "/" + file.getFileName(), bytes, "\"x\"", 0);
            return "{\"rfilename\":\"%s\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\"}}"
                    .formatted(
                            file.getFileName(), bytes.length, Digest.of(bytes).hex());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        registry.close();
        hub.close();
    }

    private ModelPull pull(HostRules rules) {
        PullConfig files = new PullConfig(rules, RemoteLimits.defaults(), hub.uri(""), Optional.empty());
        return new ModelPull(
                registry,
                folder.resolve("pulls"),
                () -> new ModelPull.Sources(files, new OciConfig(rules, OciCredentials.none())),
                "test 1",
                InstantSource.system());
    }

    @Test
    void makesAVersionThatSaysWhereItIsFrom() {
        Arrival arrival = pull(hub.rules()).pull("toy", "hf://org/model", (stage, done, total) -> {});
        assertThat(arrival.ref()).isEqualTo(VariantRef.base("toy", 1));
        assertThat(arrival.from()).isEqualTo("hf://org/model@" + COMMIT);
        assertThat(arrival.imported().orElseThrow().known()).isFalse();
        assertThat(registry.variant(arrival.ref()).config().provenance().source())
                .isEqualTo(arrival.from());
        assertThat(pull(hub.rules())
                        .pull("toy", "hf://org/model", (stage, done, total) -> {})
                        .ref())
                .isEqualTo(arrival.ref());
    }

    @Test
    void asksNoHostThatIsNotListed() {
        assertThatThrownBy(() -> pull(HostRules.defaults()).pull("toy", "hf://org/model", (stage, done, total) -> {}))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        assertThat(hub.seen()).isEmpty();
    }

    @Test
    void refusesNamesAndAddressesBeforeAnybodyIsAsked() {
        ModelPull pull = pull(hub.rules());
        for (String address :
                List.of("", "/etc", "file:///etc/passwd", "hf://one", "oci://", "oci://h/../x", "ftp://h/a.gguf")) {
            assertThatThrownBy(() -> pull.check("toy", address))
                    .as(address)
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
        assertThatThrownBy(() -> pull.check("../toy", "hf://org/model")).isInstanceOf(ForetokenException.class);
        assertThat(hub.seen()).isEmpty();
    }

    @Test
    void showsNoSecretsOfAddresses() {
        ModelPull pull = pull(hub.rules());
        assertThat(pull.check("toy", "https://me:pw@h.example/m.gguf?sig=secret#sha256:" + "0".repeat(64)))
                .isEqualTo("https://h.example/m.gguf");
        assertThat(pull.check("toy", "hf://org/model@v1")).isEqualTo("hf://org/model@v1");
        assertThat(pull.check("toy", "oci://h.example/team/toy")).isEqualTo("oci://h.example/team/toy:latest");
    }

    @Test
    void leavesNoVersionWhenItIsStoppedOnArrival() {
        PullWatch watch = new PullWatch() {
            @Override
            public void update(String stage, long done, long total) {}

            @Override
            public void arrived() {
                throw new ForetokenException(ErrorCode.CANCELLED, "enough");
            }
        };
        assertThatThrownBy(() -> pull(hub.rules()).pull("toy", "hf://org/model", watch))
                .hasMessage("enough");
        assertThat(registry.models()).isEmpty();
        int asked = hub.seen().size();
        pull(hub.rules()).pull("toy", "hf://org/model", (stage, done, total) -> {});
        assertThat(hub.seen().subList(asked, hub.seen().size())).noneMatch(line -> line.startsWith("GET /org"));
        assertThat(registry.models()).hasSize(1);
    }
}
