package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.registry.HashedBytes;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundFilesTest {

    private static final byte[] BYTES = "ten bytes.".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHERS = "TEN BYTES.".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = Digest.of(BYTES);

    @TempDir
    private Path folder;

    private LocalBlobs blobs;
    private SoundFiles sound;
    private HashedBytes hashed;

    @BeforeEach
    void store() {
        blobs = LocalBlobs.open(folder.resolve("store"), Clock.systemUTC());
        blobs.put(BYTES);
        sound = blobs.sound();
        hashed = HashedBytes.counted();
    }

    @AfterEach
    void stopCounting() {
        hashed.close();
    }

    private long read(SoundFiles files, Path file) throws IOException {
        AtomicLong told = new AtomicLong();
        hashed.sinceLast();
        assertThat(files.digest(file, DIGEST, told::addAndGet)).isEqualTo(DIGEST);
        assertThat(told).hasValue(BYTES.length);
        return hashed.sinceLast();
    }

    private long read() throws IOException {
        return read(sound, blobs.local(DIGEST));
    }

    @Test
    void readsAFileOnce() throws IOException {
        assertThat(read()).isEqualTo(BYTES.length);
        assertThat(read()).isZero();
        assertThat(read(new SoundFiles(), blobs.local(DIGEST)))
                .as("by somebody else")
                .isEqualTo(BYTES.length);
    }

    @Test
    void knowsWhatWasReadThroughTheStore() throws IOException {
        try (InputStream in = blobs.open(DIGEST)) {
            in.readNBytes(BYTES.length - 1);
        }
        assertThat(read()).as("its end was not seen").isEqualTo(BYTES.length);
        Digest other = blobs.put(OTHERS);
        try (InputStream in = blobs.open(other)) {
            in.readAllBytes();
        }
        hashed.sinceLast();
        assertThat(sound.digest(blobs.local(other), other, bytes -> {})).isEqualTo(other);
        assertThat(hashed.sinceLast()).isZero();
    }

    @Test
    void aSecondNameAndARenewalOfTheStoreKeepItKnown() throws IOException {
        read();
        blobs.link(DIGEST, folder.resolve("linked"));
        assertThat(read()).isZero();
        assertThat(read(sound, folder.resolve("linked"))).as("the same file").isZero();
        assertThat(blobs.renew(DIGEST)).isTrue();
        blobs.put(BYTES);
        assertThat(read()).isZero();
    }

    @Test
    void whatAnybodyElseDoesToTheFileMakesItUnknown() throws IOException {
        read();
        Files.createLink(folder.resolve("linked"), blobs.local(DIGEST));
        assertThat(read()).isEqualTo(BYTES.length);
        Files.setLastModifiedTime(blobs.local(DIGEST), FileTime.fromMillis(1));
        assertThat(read()).isEqualTo(BYTES.length);
        Files.copy(blobs.local(DIGEST), folder.resolve("copy"));
        assertThat(read(sound, folder.resolve("copy"))).as("another file").isEqualTo(BYTES.length);
    }

    @Test
    void noticesBytesThatWereChangedWithTheTimePutBack() throws IOException {
        Path file = Files.write(folder.resolve("file"), BYTES);
        FileTime time = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, time);
        read(sound, file);
        FileState before = FileState.of(file).orElseThrow();
        FileState after = before;
        for (int i = 0; i < 100_000 && after.changed().equals(before.changed()); i++) {
            Files.write(file, OTHERS);
            Files.setLastModifiedTime(file, time);
            after = FileState.of(file).orElseThrow();
            assertThat(after.remains(before, time))
                    .as("all but the kernel's time is as it was")
                    .isTrue();
        }
        assertThat(sound.digest(file, DIGEST, bytes -> {})).isEqualTo(Digest.of(OTHERS));
    }

    @Test
    void whatWasWrittenToIsNotKeptByLaterLinksAndRenewals() throws IOException {
        read();
        Path blob = blobs.local(DIGEST);
        assertThat(blob.toFile().setWritable(true)).isTrue();
        Files.write(blob, OTHERS);
        blobs.renew(DIGEST);
        blobs.link(DIGEST, folder.resolve("linked"));
        assertThat(sound.digest(blob, DIGEST, bytes -> {})).isEqualTo(Digest.of(OTHERS));
    }

    @Test
    void neverRemembersDamage() throws IOException {
        Path file = Files.write(folder.resolve("file"), OTHERS);
        for (int i = 0; i < 2; i++) {
            hashed.sinceLast();
            assertThat(sound.digest(file, DIGEST, bytes -> {})).isEqualTo(Digest.of(OTHERS));
            assertThat(hashed.sinceLast()).as("read again").isEqualTo(2L * OTHERS.length);
        }
    }

    @Test
    void forgetsWhatWasNotAskedForForLongest() throws IOException {
        SoundFiles two = new SoundFiles(2);
        Path a = Files.write(folder.resolve("a"), BYTES);
        Path b = Files.write(folder.resolve("b"), BYTES);
        Path c = Files.write(folder.resolve("c"), BYTES);
        read(two, a);
        read(two, b);
        assertThat(read(two, a)).isZero();
        assertThat(read(two, c)).isEqualTo(BYTES.length);
        assertThat(read(two, a)).isZero();
        assertThat(read(two, b)).isEqualTo(BYTES.length);
    }
}
