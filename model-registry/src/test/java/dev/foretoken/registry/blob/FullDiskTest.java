package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

    @TempDir
    private Path folder;

    /** Fails at every possible moment: at each write, and when the bytes are forced to the disk. */
    @Test
    void leavesNothingOfABlobThatDidNotFit() throws IOException {
        byte[] bytes = new byte[10_000];
        for (long room = 0; room < 11_000; room += 1000) {
            AtomicLong left = new AtomicLong(room);
            LocalBlobs blobs = LocalBlobs.open(folder, Clock.systemUTC(), path -> limited(path, left));
            if (room <= 10_000) {
                assertThatThrownBy(() -> putInPieces(blobs, bytes)).satisfies(FullDiskTest::saysFull);
                assertThat(blobs.has(Digest.of(bytes))).isFalse();
                assertThat(BlobPlaces.list(folder.resolve("tmp"))).isEmpty();
            }
        }
        LocalBlobs blobs = LocalBlobs.open(folder, Clock.systemUTC());
        putInPieces(blobs, bytes);
        assertThat(blobs.read(Digest.of(bytes), 10_000)).contains(bytes);
    }

    @Test
    void leavesNothingOfABlobThatDidNotFitOnARealDisk() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "no small file system can be mounted here: that needs the rights of an administrator");
        try {
            LocalBlobs blobs = LocalBlobs.open(disk.resolve("store"), Clock.systemUTC());
            Digest fits = blobs.put(new byte[300_000]);
            byte[] large = new byte[900_000];
            large[0] = 1;
            assertThatThrownBy(() -> putInPieces(blobs, large)).satisfies(FullDiskTest::saysFull);
            assertThat(blobs.has(Digest.of(large))).isFalse();
            assertThat(blobs.read(fits, 300_000)).isPresent();
            assertThat(BlobPlaces.list(disk.resolve("store/tmp"))).isEmpty();
            blobs.delete(fits);
            putInPieces(blobs, large);
            assertThat(blobs.size(Digest.of(large))).isEqualTo(900_000);
        } finally {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private static void saysFull(Throwable e) {
        assertThat(e).hasMessageContaining("the disk is full");
        assertThat(((ForetokenException) e).code()).isEqualTo(ErrorCode.STORAGE_FULL);
    }

    private static void putInPieces(LocalBlobs blobs, byte[] bytes) {
        try (BlobWriter writer = blobs.begin()) {
            for (int at = 0; at < bytes.length; at += 1000) {
                writer.write(bytes, at, 1000);
            }
            writer.commit();
        }
    }

    /** A file on a disk with {@code left} bytes; with none left not even the sync succeeds. */
    private static BlobFile limited(Path path, AtomicLong left) throws IOException {
        BlobFile file = BlobFile.onDisk(path);
        return new BlobFile() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                if (left.addAndGet(-bytes.remaining()) < 0) {
                    throw new IOException("No space left on device");
                }
                file.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                if (left.get() <= 0) {
                    throw new IOException("No space left on device");
                }
                file.sync();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
