package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** Against S3Proxy, a real S3 server in a process of its own. */
@Timeout(300)
class S3BlobsTest extends BlobStoreContract {

    private static final long PART = 5L << 20;

    @TempDir
    private static Path serverFolder;

    private static S3Server server;

    @TempDir
    private Path folder;

    private S3Location location;
    private S3Blobs blobs;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(serverFolder);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (server != null) {
            server.stop();
        }
    }

    @BeforeEach
    void open() {
        location = server.bucket();
        blobs = S3Blobs.open(location, S3Server.credentials(), PART, folder);
    }

    @AfterEach
    void close() {
        blobs.close();
    }

    @Override
    BlobStore store() {
        return blobs;
    }

    @Test
    void keepsBlobsUnderThePrefixAndTheirDigest() throws IOException {
        Digest digest = blobs.put(text("where"));
        assertThat(server.object(location.bucket(), "models/blobs/sha256/" + digest.hex()))
                .isEqualTo(text("where"));
        assertThat(BlobPlaces.list(folder)).isEmpty();
    }

    @Test
    void uploadsLargeBlobsInParts() throws IOException {
        byte[] bytes = new byte[12 << 20];
        new Random(7).nextBytes(bytes);
        Digest digest = blobs.put(bytes);
        try (InputStream in = blobs.open(digest)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        assertThat(server.client()
                        .headObject(b -> b.bucket(location.bucket()).key("models/blobs/sha256/" + digest.hex()))
                        .eTag())
                .as("the tag of an object that came in three parts")
                .contains("-3");
        assertThat(blobs.renew(digest)).isTrue();
        assertThat(blobs.size(digest)).isEqualTo(bytes.length);
    }

    @Test
    void renewsByCopyingABlobOntoItself() {
        Digest digest = blobs.put(text("renewed"));
        Instant first = only().renewed();
        while (!only().renewed().isAfter(first)) {
            assertThat(blobs.renew(digest)).isTrue();
        }
        assertThat(blobs.read(digest, 100)).contains(text("renewed"));
    }

    @Test
    void failsAtTheEndOfDamagedBytes() throws IOException {
        Digest digest = blobs.put(text("sound"));
        overwrite(digest, "sOund");
        try (InputStream in = blobs.open(digest)) {
            assertThatThrownBy(in::readAllBytes).hasMessageContaining("is damaged: its bytes are those of");
        }
    }

    @Test
    void replacesATruncatedBlobByOneThatIsPut() {
        Digest digest = blobs.put(text("whole"));
        overwrite(digest, "who");
        blobs.put(text("whole"));
        assertThat(blobs.read(digest, 100)).contains(text("whole"));
    }

    @Test
    void waitsForARemovalAndPutsAgainWhatItTook() {
        byte[] bytes = text("contested");
        Digest digest = Digest.of(bytes);
        S3Objects objects = new S3Objects(location, S3Server.credentials(), PART);
        assertThat(objects.create("condemned/" + digest.hex())).isTrue();
        assertThat(objects.create("condemned/" + digest.hex()))
                .as("a second removal at the same time")
                .isFalse();
        List<Duration> pauses = new ArrayList<>();
        try (S3Blobs contested = new S3Blobs(objects, folder, System::nanoTime, pause -> {
            pauses.add(pause);
            objects.delete("blobs/sha256/" + digest.hex());
            objects.delete("condemned/" + digest.hex());
        })) {
            contested.put(bytes);
            assertThat(pauses).hasSize(1);
            assertThat(contested.read(digest, 100)).contains(bytes);
        }
    }

    @Test
    void takesAwayAMarkThatACrashLeft() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        Digest digest = Digest.of(text("marked"));
        S3Objects objects = new S3Objects(location, S3Server.credentials(), PART);
        objects.create("condemned/" + digest.hex());
        try (S3Blobs waiting = new S3Blobs(
                objects,
                folder,
                nanos::get,
                pause -> nanos.addAndGet(Duration.ofSeconds(20).toNanos()))) {
            waiting.put(text("marked"));
            assertThat(objects.head("condemned/" + digest.hex())).isEmpty();
        }
    }

    @Test
    void givesUpARemovalThatTookSoLongThatOthersMayHaveStoppedWaitingForIt() {
        Digest digest = blobs.put(text("kept"));
        AtomicLong nanos = new AtomicLong();
        Instant later = Instant.now().plus(Duration.ofHours(1));
        S3Objects objects = new S3Objects(location, S3Server.credentials(), PART);
        try (S3Blobs slow = new S3Blobs(
                objects, folder, () -> nanos.getAndAdd(Duration.ofSeconds(40).toNanos()), pause -> {})) {
            assertThat(slow.deleteIfOlder(digest, later)).isFalse();
        }
        assertThat(blobs.has(digest)).isTrue();
        assertThat(blobs.deleteIfOlder(digest, later)).isTrue();
    }

    @Test
    void saysThatCredentialsAreWrongWithoutShowingThem() {
        try (S3Blobs refused = S3Blobs.open(location, S3Server.wrongCredentials(), PART, folder)) {
            assertThatThrownBy(() -> refused.put(text("secret")))
                    .isInstanceOfSatisfying(ForetokenException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
                        assertThat(e.getMessage())
                                .contains("check the credentials")
                                .doesNotContain("wrong-secret");
                    });
        }
    }

    @Test
    void saysThatTheBucketIsNotThere() {
        try (S3Blobs nowhere = S3Blobs.open(server.location("nowhere"), S3Server.credentials(), PART, folder)) {
            assertThatThrownBy(() -> nowhere.put(text("lost"))).hasMessageContaining("does the bucket exist?");
        }
    }

    @Test
    void saysThatTheServerIsNotThere() {
        S3Location gone = S3Location.parse("s3://bucket?endpoint=http://127.0.0.1:1&region=us-east-1");
        try (S3Blobs away = S3Blobs.open(gone, S3Server.credentials(), PART, folder)) {
            assertThatThrownBy(() -> away.has(Digest.of(text("any"))))
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_UNAVAILABLE));
        }
    }

    /** The bucket's name goes into the host's; only a process that resolves such names to this machine can do that here. */
    @Test
    void addressesTheBucketByHostName() throws Exception {
        Path hosts = Files.writeString(
                folder.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.1 " + location.bucket() + ".localhost\n");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djdk.net.hosts.file=" + hosts,
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostNameProcess.class.getName(),
                        "s3://" + location.bucket() + "/models?endpoint=http://localhost:" + server.port()
                                + "&region=us-east-1&path-style=false",
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("by host name");
        assertThat(process.waitFor()).isZero();
        assertThat(blobs.read(Digest.of(text("by host name")), 100)).contains(text("by host name"));
    }

    private void overwrite(Digest digest, String content) {
        server.client()
                .putObject(
                        b -> b.bucket(location.bucket()).key("models/blobs/sha256/" + digest.hex()),
                        RequestBody.fromString(content));
    }
}
