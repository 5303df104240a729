package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.S3Location;
import dev.foretoken.registry.blob.S3Server;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.view.VariantView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.sync.RequestBody;

/** Two machines, each with a folder of its own, that share a database and a bucket of a real S3 server. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegistryObjectStorageTest {

    /** Nothing is young: object storage tells times in whole seconds. */
    private static final Duration NOW = Duration.ofSeconds(-5);

    private static @Nullable S3Server server;

    @TempDir
    private Path folder;

    private S3Location bucket = new S3Location("none", "", null, null, false);
    private @Nullable Registry first;
    private @Nullable Registry second;

    /** As a user gives them: where AWS's own tools look. */
    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = S3Server.start(folder);
        AwsCredentials credentials = S3Server.credentials().resolveCredentials();
        System.setProperty("aws.accessKeyId", credentials.accessKeyId());
        System.setProperty("aws.secretAccessKey", credentials.secretAccessKey());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        if (server != null) {
            server.stop();
        }
    }

    @BeforeEach
    void open() {
        bucket = Objects.requireNonNull(server).bucket();
        first = open("first");
        second = open("second");
    }

    @AfterEach
    void close() {
        Objects.requireNonNull(first).close();
        Objects.requireNonNull(second).close();
    }

    private Registry open(String machine) {
        return Registry.open(RegistryConfig.at(folder.resolve(machine))
                .withMetadata("jdbc:sqlite:" + folder.resolve("shared.db"))
                .withBlobs(new RegistryConfig.BlobPlace.Bucket(bucket, 0)));
    }

    @Test
    void opensOnOneMachineWhatAnotherImported() {
        VariantRef ref = imported("shared");
        VariantView view = Objects.requireNonNull(second).view(ref, LoadProgress.SILENT);
        assertThat(view.folder().resolve("README.md")).hasContent("shared");
        assertThat(view.folder()).startsWith(folder.resolve("second"));
        view.verify(1, LoadProgress.SILENT);
    }

    @Test
    void findsWhatIsDamagedInTheBucket() {
        VariantRef ref = imported("sound");
        Registry registry = Objects.requireNonNull(first);
        assertThat(registry.verify(false, LoadProgress.SILENT).clean()).isTrue();
        Digest readme = registry.manifest(ref).files().stream()
                .filter(file -> file.path().equals("README.md"))
                .findFirst()
                .orElseThrow()
                .digest();
        Objects.requireNonNull(server)
                .client()
                .putObject(
                        b -> b.bucket(bucket.bucket()).key(bucket.prefix() + "blobs/sha256/" + readme.hex()),
                        RequestBody.fromString("sOund"));
        assertThat(registry.verify(false, LoadProgress.SILENT).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.what()).isEqualTo(readme.toString());
                    assertThat(problem.variants()).containsExactly(ref.toString());
                });
        assertThatThrownBy(() -> Objects.requireNonNull(second).view(ref, LoadProgress.SILENT))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void collectsInTheBucketWhatNothingReaches() {
        VariantRef one = imported("one");
        VariantRef two = imported("two");
        Registry registry = Objects.requireNonNull(second);
        registry.view(two, LoadProgress.SILENT);
        Objects.requireNonNull(first).removeVersion("toy", one.version());
        assertThat(registry.collectGarbage(NOW, LoadProgress.SILENT).removed()).isEqualTo(3);
        assertThat(registry.verify(false, LoadProgress.SILENT).clean()).isTrue();
        assertThat(registry.view(two, LoadProgress.SILENT).folder().resolve("README.md"))
                .hasContent("two");
    }

    private VariantRef imported(String text) {
        return RegistryFixture.take(
                        Objects.requireNonNull(first), "toy", RegistryFixture.model(folder.resolve(text), text))
                .ref();
    }
}
