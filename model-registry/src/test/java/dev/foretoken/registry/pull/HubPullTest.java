package dev.foretoken.registry.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HubPullTest {

    private static final byte[] WEIGHTS = new byte[200_000];

    static {
        new Random(9).nextBytes(WEIGHTS);
    }

    @TempDir
    Path root;

    private final StubHub hub = new StubHub();
    private final List<Duration> waits = new ArrayList<>();

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void bringsTheModelAndLeavesTheRest() {
        hub.small("config.json", "{}")
                .small("tokenizer.json", "{}")
                .small(".gitattributes", "x")
                .small("code.py", "evil");
        hub.large("model.safetensors", WEIGHTS, 0)
                .large("pytorch_model.bin", WEIGHTS, 0)
                .large("onnx/model.onnx", WEIGHTS, 0);
        List<String> stages = new ArrayList<>();
        try (Pulled pulled = puller("")
                .pull("hf://org/model", root, (stage, done, total) -> stages.add(stage + " " + done + "/" + total))) {
            assertThat(pulled.from()).isEqualTo("hf://org/model@" + StubHub.COMMIT);
            assertThat(pulled.parameters()).containsEntry("revision", "main");
            assertThat(pulled.leftOut())
                    .containsExactly(".gitattributes", "code.py", "pytorch_model.bin", "onnx/model.onnx");
            assertThat(pulled.source().toFile().list())
                    .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
            assertThat(pulled.source().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
            assertThat(stages).contains("downloading model.safetensors 200004/200004");
            pulled.discard();
            assertThat(pulled.source()).doesNotExist();
        }
    }

    @Test
    void sendsTheTokenToTheHubAlone() {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        puller("hf_secret").pull("hf://org/model@v1", root, LoadProgress.SILENT).close();
        assertThat(hub.hub.seen()).hasSize(3).allMatch(line -> line.endsWith("Authorization: Bearer hf_secret"));
        assertThat(hub.cdn.seen()).hasSize(1).noneMatch(line -> line.contains("hf_secret"));
    }

    @Test
    void goesOnWhereTheConnectionBroke() {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 120_000);
        try (Pulled pulled = puller("").pull("hf://org/model", root, LoadProgress.SILENT)) {
            assertThat(pulled.source().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        }
        assertThat(hub.cdn.seen().getLast()).contains("| Range: bytes=").contains("| If-Range: ");
    }

    @Test
    void fetchesNothingTwiceAfterAFailure() {
        hub.small("config.json", "{}").large("a.safetensors", WEIGHTS, 0).large("b.safetensors", new byte[5], 0);
        String second = Digest.of(new byte[5]).hex();
        hub.cdn.on("/" + second, 404, new byte[0]);
        refused("hf://org/model", ErrorCode.MODEL_NOT_FOUND, "answered 404");
        hub.cdn.file("/" + second, new byte[5], "\"b\"", 0);
        puller("").pull("hf://org/model", root, LoadProgress.SILENT).close();
        assertThat(hub.cdn.seen().stream()
                        .filter(line -> line.contains(Digest.of(WEIGHTS).hex())))
                .hasSize(1);
    }

    @Test
    void refusesWeightsThatAreNotTheOnesListed() {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        byte[] other = WEIGHTS.clone();
        other[77] ^= 1;
        hub.cdn.file("/" + Digest.of(WEIGHTS).hex(), other, "\"x\"", 0);
        refused("hf://org/model", ErrorCode.MODEL_FILE_CORRUPT, "expected was " + Digest.of(WEIGHTS));
    }

    @Test
    void refusesTextsThatAreNotTheOnesListed() {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        hub.hub.on("/org/model/resolve/" + StubHub.COMMIT + "/config.json", "[]");
        refused("hf://org/model", ErrorCode.MODEL_FILE_CORRUPT, "config.json is not the file that was listed");
    }

    @Test
    void asksForDigestsThatAListingLeavesOut() {
        hub.small("config.json", "{}")
                .bare("model.safetensors", WEIGHTS, Digest.of(WEIGHTS).hex());
        puller("").pull("hf://org/model", root, LoadProgress.SILENT).close();
        hub.bare("model2.safetensors", WEIGHTS, "0".repeat(64));
        refused("hf://org/model", ErrorCode.MODEL_FILE_CORRUPT, "expected was sha256:0000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/cron.d/x",
                "/etc/passwd",
                "a/../../b.json",
                "a//b",
                "C:x.json",
                "a\\\\b.json",
                "",
                "x/./y",
                "a\\u0000.json"
            })
    void refusesNamesThatLeadOutOfTheFolder(String name) {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        hub.sibling("{\"rfilename\":\"%s\",\"size\":1}".formatted(name));
        assertThatThrownBy(() -> puller("").pull("hf://org/model", root, LoadProgress.SILENT))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("file path");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void refusesAFileThatIsListedTwice() {
        hub.small("config.json", "{}").small("Config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        refused("hf://org/model", ErrorCode.MODEL_FILE_CORRUPT, "Config.json twice");
    }

    @Test
    void refusesModelsOverTheLimitsBeforeAnythingComes() {
        hub.small("config.json", "{}")
                .sibling("{\"rfilename\":\"model.safetensors\",\"size\":1048577,\"blobId\":\"%s\"}"
                        .formatted("a".repeat(40)));
        refused("hf://org/model", ErrorCode.PAYLOAD_TOO_LARGE, "pull.file-bytes=1048576");
        assertThat(hub.hub.seen()).hasSize(1);
    }

    @Test
    void refusesToBeLedElsewhere() {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        hub.hub.redirect(
                "/org/model/resolve/" + StubHub.COMMIT + "/model.safetensors",
                "http://169.254.169.254/latest/meta-data/");
        refused("hf://org/model", ErrorCode.PERMISSION_DENIED, "host 169.254.169.254:80 is not allowed");
    }

    @Test
    void takesOneGgufByName() {
        hub.large("m-q4.gguf", WEIGHTS, 0).large("m-q8.gguf", new byte[9], 0).small("README.md", "hi");
        refused("hf://org/model", ErrorCode.INVALID_REQUEST, "several models", "m-q4.gguf, m-q8.gguf");
        try (Pulled pulled = puller("").pull("hf://org/model/m-q4.gguf", root, LoadProgress.SILENT)) {
            assertThat(pulled.source()).hasFileName("m-q4.gguf").hasBinaryContent(WEIGHTS);
        }
        refused("hf://org/model/m-q5.gguf", ErrorCode.MODEL_NOT_FOUND, "there is no file m-q5.gguf");
    }

    @Test
    void takesAllPartsOfASplitGguf() {
        hub.large("m-00001-of-00002.gguf", WEIGHTS, 0).large("m-00002-of-00002.gguf", new byte[9], 0);
        try (Pulled pulled = puller("").pull("hf://org/model", root, LoadProgress.SILENT)) {
            assertThat(pulled.source()).hasFileName("m-00001-of-00002.gguf");
            assertThat(pulled.source().resolveSibling("m-00002-of-00002.gguf")).exists();
        }
    }

    @Test
    void saysThatThereIsNothingToLoad() {
        hub.large("pytorch_model.bin", WEIGHTS, 0).small("config.json", "{}");
        refused("hf://org/model", ErrorCode.MODEL_UNSUPPORTED, "pytorch_model.bin");
    }

    @Test
    void saysHowToReachPrivateRepositories() {
        hub.hub.on("/api/models/org/model/revision/main", 401, "{}".getBytes(StandardCharsets.UTF_8));
        refused("hf://org/model", ErrorCode.PERMISSION_DENIED, "set HF_TOKEN");
    }

    @Test
    void refusesASecondPullOfTheSame() {
        hub.small("config.json", "{}").large("model.safetensors", WEIGHTS, 0);
        try (Pulled first = puller("").pull("hf://org/model", root, LoadProgress.SILENT)) {
            assertThat(first.source()).exists();
            refused("hf://org/model", ErrorCode.REGISTRY_CONFLICT, "being pulled already");
        }
        puller("").pull("hf://org/model", root, LoadProgress.SILENT).close();
    }

    private void refused(String address, ErrorCode code, String... words) {
        assertThatThrownBy(() -> puller("").pull(address, root, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("secret");
    }

    private Puller puller(String token) {
        return new Puller(hub.config(token), waits::add, AnonymousCredentialsProvider.create());
    }
}
