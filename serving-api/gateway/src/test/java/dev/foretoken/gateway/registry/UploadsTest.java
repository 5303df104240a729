package dev.foretoken.gateway.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadsTest {

    private static final UploadLimits LIMITS =
            new UploadLimits(2, 3, 100, 150, Duration.ofMinutes(5), 10, Duration.ofSeconds(1));
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();

    @TempDir
    Path folder;

    private Uploads uploads() {
        return new Uploads(
                folder.resolve("uploads"),
                LIMITS,
                InstantSource.fixed(NOW),
                nanos::get,
                () -> "id" + count.incrementAndGet());
    }

    private static InputStream bytes(int count) {
        return new ByteArrayInputStream(new byte[count]);
    }

    private static Upload.Received send(Upload upload, String path, int size) {
        return upload.receive(path, bytes(size), Optional.empty());
    }

    private long filesOnDisk() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private static void assertRefused(Runnable work, ErrorCode code, String words) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void filesArriveWithTheirDigests() throws IOException {
        Upload upload = uploads().begin("toy");
        Upload.Received received = upload.receive("sub/a.json", bytes(5), Optional.of(Digest.of(new byte[5])));
        assertThat(received).isEqualTo(new Upload.Received("sub/a.json", 5, Digest.of(new byte[5])));
        assertThat(upload.files()).containsExactly(received);
        assertThat(upload.content().resolve("sub/a.json")).hasBinaryContent(new byte[5]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "../a",
                "a/../../b",
                "/etc/passwd",
                "a//b",
                "a/",
                "./a",
                "a\\b",
                "C:a",
                "a\0b",
                "a\nb",
                "..",
                "a/./b"
            })
    void namesThatReachElsewhereAreRefusedBeforeAnythingIsWritten(String path) throws IOException {
        Upload upload = uploads().begin("toy");
        assertRefused(() -> send(upload, path, 1), ErrorCode.INVALID_REQUEST, "path");
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void namesThatNoFileSystemTakesAreRefused() {
        Upload upload = uploads().begin("toy");
        assertRefused(() -> send(upload, "a".repeat(201), 1), ErrorCode.INVALID_REQUEST, "200 characters");
        assertRefused(() -> send(upload, "a/".repeat(8) + "a", 1), ErrorCode.INVALID_REQUEST, "8 names");
    }

    @Test
    void aFileOfAnotherDigestIsForgotten() throws IOException {
        Upload upload = uploads().begin("toy");
        Digest other = Digest.of(new byte[6]);
        assertRefused(
                () -> upload.receive("a", bytes(5), Optional.of(other)), ErrorCode.INVALID_REQUEST, other.toString());
        assertThat(upload.files()).isEmpty();
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void filesAreBoundedInSizeAndNumberAndSum() throws IOException {
        Upload upload = uploads().begin("toy");
        assertRefused(() -> send(upload, "big", 101), ErrorCode.PAYLOAD_TOO_LARGE, "100 bytes");
        send(upload, "a", 100);
        assertRefused(() -> send(upload, "b", 51), ErrorCode.PAYLOAD_TOO_LARGE, "150 bytes");
        send(upload, "b", 50);
        assertRefused(() -> send(upload, "c", 1), ErrorCode.PAYLOAD_TOO_LARGE, "150 bytes");
        send(upload, "c", 0);
        assertRefused(() -> send(upload, "d", 0), ErrorCode.PAYLOAD_TOO_LARGE, "3 files");
        assertThat(filesOnDisk()).isEqualTo(3);
    }

    @Test
    void aFileSentAgainReplacesTheEarlierOneAndItsBytesCountOnce() {
        Upload upload = uploads().begin("toy");
        for (int size : new int[] {60, 50, 40}) {
            send(upload, "a", size);
        }
        assertThat(upload.files())
                .singleElement()
                .satisfies(file -> assertThat(file.size()).isEqualTo(40));
        send(upload, "b", 100);
    }

    @Test
    void aFileAndAFolderOfOneNameAreRefused() {
        Upload upload = uploads().begin("toy");
        send(upload, "a", 1);
        assertRefused(() -> send(upload, "a/b", 1), ErrorCode.INVALID_REQUEST, "a file and a folder");
    }

    @Test
    void aBodyThatArrivesTooSlowlyIsRefused() throws IOException {
        Upload upload = uploads().begin("toy");
        InputStream dripping = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("only blocks are read");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                nanos.addAndGet(Duration.ofMillis(400).toNanos());
                return 1;
            }
        };
        assertRefused(
                () -> upload.receive("a", dripping, Optional.empty()), ErrorCode.DEADLINE_EXCEEDED, "3 bytes in 1 s");
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void aBodyThatBreaksOffIsForgotten() throws IOException {
        Upload upload = uploads().begin("toy");
        InputStream broken = new InputStream() {
            private int left = 3;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("connection reset");
                }
                return 1;
            }
        };
        assertRefused(
                () -> upload.receive("a", broken, Optional.empty()),
                ErrorCode.INVALID_REQUEST,
                "before it was complete");
        assertThat(filesOnDisk()).isZero();
    }

    @Test
    void onlySoManyUploadsAreOpenAtOnce() {
        Uploads uploads = uploads();
        uploads.begin("a");
        String second = uploads.begin("b").id();
        assertRefused(() -> uploads.begin("c"), ErrorCode.QUEUE_FULL, "2 uploads");
        uploads.take(second).close();
        uploads.begin("c");
    }

    @Test
    void anUploadNobodySendsToIsGivenUp() throws IOException {
        Uploads uploads = uploads();
        Upload upload = uploads.begin("toy");
        send(upload, "a", 1);
        nanos.addAndGet(LIMITS.idle().toNanos());
        assertThat(uploads.require(upload.id())).isSameAs(upload);
        nanos.incrementAndGet();
        assertRefused(() -> uploads.require(upload.id()), ErrorCode.INVALID_REQUEST, "no such upload");
        assertThat(filesOnDisk()).isZero();
        assertRefused(() -> send(upload, "b", 1), ErrorCode.REGISTRY_CONFLICT, "another one");
    }

    @Test
    void aTakenUploadTakesNoMoreFilesAndIsTakenOnce() {
        Uploads uploads = uploads();
        Upload upload = uploads.begin("toy");
        send(upload, "a", 1);
        Upload taken = uploads.take(upload.id());
        assertRefused(() -> send(upload, "b", 1), ErrorCode.REGISTRY_CONFLICT, "being committed");
        assertRefused(() -> uploads.take(upload.id()), ErrorCode.INVALID_REQUEST, "no such upload");
        assertThat(taken.content().resolve("a")).exists();
    }

    @Test
    void foldersLeftBehindByAnEndedProcessAreSwept() throws IOException {
        Path old = Files.createDirectories(folder.resolve("uploads/old/files"));
        Files.write(old.resolve("a"), new byte[1]);
        Path fresh = Files.createDirectories(folder.resolve("uploads/fresh"));
        Files.setLastModifiedTime(old.getParent(), FileTime.from(NOW.minus(Duration.ofDays(3))));
        Files.setLastModifiedTime(fresh, FileTime.from(NOW));
        uploads();
        assertThat(folder.resolve("uploads")).isDirectoryContaining("glob:**/fresh");
        assertThat(old).doesNotExist();
    }
}
