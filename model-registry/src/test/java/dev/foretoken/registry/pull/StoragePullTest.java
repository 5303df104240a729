package dev.foretoken.registry.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.S3Location;
import dev.foretoken.registry.blob.S3Server;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;

/** Against a real S3 server, which checks signatures. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoragePullTest {

    private static final byte[] WEIGHTS = new byte[150_000];
    private static @Nullable S3Server server;

    @TempDir
    Path root;

    private S3Location bucket = new S3Location("none", "", null, null, false);

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        new Random(4).nextBytes(WEIGHTS);
        server = S3Server.start(folder);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        S3Server running = server;
        if (running != null) {
            running.stop();
        }
    }

    private static S3Server server() {
        S3Server running = server;
        assertThat(running).isNotNull();
        return java.util.Objects.requireNonNull(running);
    }

    @BeforeEach
    void fill() {
        bucket = server().bucket();
        put("team/toy/config.json", new byte[] {'{', '}'});
        put("team/toy/model.safetensors", WEIGHTS);
        put("team/toy/pytorch_model.bin", WEIGHTS);
        put("team/m.gguf", WEIGHTS);
    }

    @Test
    void bringsTheModelOfAFolder() {
        try (Pulled pulled = pull("team/toy", S3Server.credentials(), hosts())) {
            assertThat(pulled.source().toFile().list()).containsExactlyInAnyOrder("config.json", "model.safetensors");
            assertThat(pulled.source().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
            assertThat(pulled.from()).isEqualTo("s3://" + bucket.bucket() + "/team/toy/");
            assertThat(pulled.leftOut()).containsExactly("pytorch_model.bin");
        }
    }

    @Test
    void bringsOneFile() {
        try (Pulled pulled = pull("team/m.gguf", S3Server.credentials(), hosts())) {
            assertThat(pulled.source()).hasFileName("m.gguf").hasBinaryContent(WEIGHTS);
        }
    }

    @Test
    void asksNoEndpointThatIsNotListed() {
        refused("team/toy", S3Server.credentials(), List.of(), ErrorCode.PERMISSION_DENIED, "host localhost:");
    }

    @Test
    void saysThatCredentialsAreWrongOrMissing() {
        refused("team/toy", S3Server.wrongCredentials(), hosts(), ErrorCode.PERMISSION_DENIED, "check the credentials");
        refused(
                "team/toy",
                AnonymousCredentialsProvider.create(),
                hosts(),
                ErrorCode.PERMISSION_DENIED,
                "check the credentials");
    }

    @Test
    void saysThatThereIsNothing() {
        refused("team/none", S3Server.credentials(), hosts(), ErrorCode.MODEL_UNSUPPORTED, "there are no files");
    }

    @Test
    void refusesKeysThatLeadOutOfTheFolder() {
        put("team/evil/config.json", new byte[] {'{', '}'});
        put("team/evil/a//x.safetensors", WEIGHTS);
        put("team/evil/model.safetensors", WEIGHTS);
        put("team/evil/b\\..\\x.json", WEIGHTS);
        pull("team/evil", S3Server.credentials(), hosts()).close();
        assertThat(root.resolve("x.json")).doesNotExist();
    }

    private List<String> hosts() {
        return List.of("localhost:" + server().port());
    }

    private void put(String key, byte[] bytes) {
        server().client().putObject(b -> b.bucket(bucket.bucket()).key(key), RequestBody.fromBytes(bytes));
    }

    private Pulled pull(String path, AwsCredentialsProvider credentials, List<String> privateHosts) {
        RemoteLimits limits = new RemoteLimits(1 << 20, 1 << 20, 10, Duration.ofMinutes(2), 2);
        PullConfig config = new PullConfig(
                new HostRules(List.of(), privateHosts), limits, URI.create("https://huggingface.co"), Optional.empty());
        String address = "s3://%s/%s?endpoint=http://localhost:%d&region=us-east-1"
                .formatted(bucket.bucket(), path, server().port());
        return new Puller(config, wait -> {}, credentials).pull(address, root, LoadProgress.SILENT);
    }

    private void refused(
            String path, AwsCredentialsProvider credentials, List<String> hosts, ErrorCode code, String words) {
        assertThatThrownBy(() -> pull(path, credentials, hosts))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }
}
