package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store does alike. */
abstract class BlobStoreContract {

    private static final Digest NOBODY = Digest.of("nobody stored this".getBytes(StandardCharsets.UTF_8));

    /** A store for this test alone. */
    abstract BlobStore store();

    @Test
    void givesBackWhatWasPut(@TempDir Path folder) throws IOException {
        for (int size : List.of(0, 1, 4096, 1_000_003)) {
            byte[] bytes = new byte[size];
            new Random(size).nextBytes(bytes);
            Digest digest = store().put(Files.write(folder.resolve("file"), bytes));
            assertThat(digest).isEqualTo(Digest.of(bytes));
            assertThat(store().has(digest)).isTrue();
            assertThat(store().size(digest)).isEqualTo(size);
            try (InputStream in = store().open(digest)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
        }
        assertThat(listed()).hasSize(4);
    }

    @Test
    void showsNothingOfABlobBeforeItsCommit() {
        byte[] bytes = text("half");
        try (BlobWriter writer = store().begin()) {
            writer.write(bytes, 0, 2);
            writer.write(bytes[2]);
            writer.write(bytes, 3, 1);
            assertThat(writer.written()).isEqualTo(4);
            assertThat(store().has(Digest.of(bytes))).isFalse();
            assertThat(listed()).isEmpty();
            assertThat(writer.commit(Digest.of(bytes))).isEqualTo(Digest.of(bytes));
        }
        assertThat(listed()).containsExactly(Digest.of(bytes));
    }

    @Test
    void storesNothingWhenOtherBytesWereExpected() {
        try (BlobWriter writer = store().begin()) {
            writer.write(text("these"), 0, 5);
            assertThatThrownBy(() -> writer.commit(Digest.of(text("those"))))
                    .hasMessage("the bytes received are " + Digest.of(text("these")) + ", expected "
                            + Digest.of(text("those")))
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
            assertThatThrownBy(() -> writer.write(1)).hasMessageContaining("committed or given up already");
        }
        assertThat(listed()).isEmpty();
    }

    @Test
    void tellsTheDigestBeforeTheCommitAndThenTakesNoMoreBytes() {
        try (BlobWriter writer = store().begin()) {
            writer.write(text("told"), 0, 4);
            assertThat(writer.digest()).isEqualTo(Digest.of(text("told"))).isEqualTo(writer.digest());
            assertThat(listed()).isEmpty();
            assertThatThrownBy(() -> writer.write(text("more"), 0, 4)).hasMessageContaining("has its digest already");
            assertThat(writer.commit()).isEqualTo(Digest.of(text("told")));
        }
        assertThat(store().read(Digest.of(text("told")), 10)).contains(text("told"));
        try (BlobWriter writer = store().begin()) {
            writer.write(text("other"), 0, 5);
            writer.digest();
            assertThatThrownBy(() -> writer.commit(Digest.of(text("told"))))
                    .hasMessageContaining("the bytes received are");
        }
        assertThat(listed()).hasSize(1);
    }

    @Test
    void storesNothingThatIsGivenUp() {
        try (BlobWriter writer = store().begin()) {
            writer.write(text("given up"), 0, 8);
        }
        assertThat(listed()).isEmpty();
    }

    @Test
    void storesEqualBytesOnce() {
        assertThat(store().put(text("same"))).isEqualTo(store().put(text("same")));
        assertThat(listed()).hasSize(1);
    }

    @Test
    void saysThatABlobIsMissing() {
        assertThat(store().has(NOBODY)).isFalse();
        assertThat(store().renew(NOBODY)).isFalse();
        assertThat(store().read(NOBODY, 10)).isEmpty();
        assertThatThrownBy(() -> store().size(NOBODY)).hasMessageContaining("is missing from the store");
        assertThatThrownBy(() -> store().open(NOBODY)).hasMessageContaining("is missing from the store");
        store().delete(NOBODY);
        assertThat(store().deleteIfOlder(NOBODY, Instant.MAX)).isFalse();
    }

    @Test
    void readsSmallBlobsWholeAndRefusesLargerOnes() {
        Digest digest = store().put(text("12345"));
        assertThat(store().read(digest, 5)).contains(text("12345"));
        assertThatThrownBy(() -> store().read(digest, 4)).hasMessageContaining("more than 4 bytes");
    }

    @Test
    void deletesOnlyBlobsThatAreOlder() {
        Digest digest = store().put(text("aged"));
        Instant renewed = only().renewed();
        assertThat(store().deleteIfOlder(digest, renewed)).isFalse();
        assertThat(store().has(digest)).isTrue();
        assertThat(store().deleteIfOlder(digest, renewed.plusSeconds(2))).isTrue();
        assertThat(store().has(digest)).isFalse();
        store().put(text("aged"));
        store().delete(digest);
        assertThat(listed()).isEmpty();
    }

    List<Digest> listed() {
        try (Stream<StoredBlob> blobs = store().list()) {
            return blobs.map(StoredBlob::digest).toList();
        }
    }

    StoredBlob only() {
        try (Stream<StoredBlob> blobs = store().list()) {
            List<StoredBlob> all = blobs.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
