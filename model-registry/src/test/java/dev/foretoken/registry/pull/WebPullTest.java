package dev.foretoken.registry.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.remote.StubHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebPullTest {

    private static final byte[] CONTENT = {'G', 'G', 'U', 'F', 3};

    @TempDir
    Path root;

    private final StubHost stub = new StubHost();

    @AfterEach
    void close() {
        stub.close();
    }

    @Test
    void bringsOneFile() {
        stub.file("/dir/m.gguf", CONTENT, "\"1\"", 0);
        try (Pulled pulled =
                puller().pull(stub.uri("/dir/m.gguf?token=secret").toString(), root, LoadProgress.SILENT)) {
            assertThat(pulled.source()).hasFileName("m.gguf").hasBinaryContent(CONTENT);
            assertThat(pulled.from()).endsWith("/dir/m.gguf").doesNotContain("secret");
            assertThat(pulled.parameters())
                    .containsEntry("digest", Digest.of(CONTENT).toString());
        }
    }

    @Test
    void comparesWithTheDigestInTheAddress() {
        stub.file("/m.gguf", CONTENT, "\"1\"", 0);
        puller().pull(stub.uri("/m.gguf") + "#" + Digest.of(CONTENT), root, LoadProgress.SILENT)
                .close();
        refused(
                stub.uri("/m.gguf") + "#sha256:" + "0".repeat(64),
                ErrorCode.MODEL_FILE_CORRUPT,
                "expected was sha256:000");
    }

    @Test
    void asksNoHostThatIsNotListed() {
        refused("https://evil.example/m.gguf", ErrorCode.PERMISSION_DENIED, "host evil.example:443 is not allowed");
        refused("https://127.0.0.1/m.gguf", ErrorCode.PERMISSION_DENIED, "is not allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://h.example/m.tar",
                "https://h.example/m.zip",
                "https://h.example/m.bin",
                "https://h.example/m.safetensors",
                "https://h.example/",
                "https://h.example/..%2f..%2fm.gguf/..",
                "ftp://h.example/m.gguf",
                "file:///m.gguf",
                "m.gguf",
                "hf://org",
                "hf://org/name@",
                "hf://../name",
                "hf://org/na me",
                "hf://org/name@a..b",
                "https://h example/m.gguf",
                "",
            })
    void saysWhatIsWrongWithAnAddress(String address) {
        refused(address, ErrorCode.INVALID_REQUEST, "cannot be pulled: ");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void readsRevisionsAndFilesOfTheHub() {
        assertThat(PullAddress.parse("hf://o/n@refs%2Fpr%2F1/sub/f.gguf"))
                .isEqualTo(new PullAddress.Hub("o", "n", "refs/pr/1", Optional.of("sub/f.gguf")));
        assertThat(PullAddress.parse("hf://o/n")).isEqualTo(new PullAddress.Hub("o", "n", "main", Optional.empty()));
    }

    @Test
    void takesTokenAndEndpointFromTheEnvironmentAndShowsNoToken() {
        PullConfig config = PullConfig.of(
                Map.of("HF_TOKEN", "hf_secret", "HF_ENDPOINT", "https://mirror.example/"),
                List.of("mirror.example"),
                List.of());
        assertThat(config.hub()).isEqualTo(URI.create("https://mirror.example"));
        assertThat(config.toString()).doesNotContain("hf_secret").contains("given");
        assertThat(PullConfig.of(Map.of(), List.of(), List.of())).isEqualTo(PullConfig.defaults());
        assertThatThrownBy(() -> PullConfig.of(Map.of("HF_ENDPOINT", "https://h.example/path"), List.of(), List.of()))
                .hasMessageContaining("https://HOST and nothing else");
    }

    private void refused(String address, ErrorCode code, String words) {
        assertThatThrownBy(() -> puller().pull(address, root, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    private Puller puller() {
        RemoteLimits limits = new RemoteLimits(1 << 20, 1 << 20, 5, Duration.ofMinutes(2), 2);
        return new Puller(
                new PullConfig(stub.rules(), limits, URI.create("https://huggingface.co"), Optional.empty()),
                wait -> {},
                AnonymousCredentialsProvider.create());
    }
}
