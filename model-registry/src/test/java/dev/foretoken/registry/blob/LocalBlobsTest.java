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
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBlobsTest extends BlobStoreContract {

    private final SettableClock clock = new SettableClock(Instant.parse("2026-05-01T00:00:00Z"));

    @TempDir
    private Path root;

    private LocalBlobs blobs;

    @BeforeEach
    void open() {
        blobs = LocalBlobs.open(root, clock);
    }

    @Override
    BlobStore store() {
        return blobs;
    }

    @Test
    void keepsBlobsInReadOnlyFilesUnderTheirDigest() throws IOException {
        Digest digest = blobs.put(text("where"));
        Path file = root.resolve("blobs/sha256")
                .resolve(digest.hex().substring(0, 2))
                .resolve(digest.hex());
        assertThat(file).hasContent("where");
        assertThat(blobs.local(digest)).isEqualTo(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r--r--");
        assertThat(root.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void renewsWhatIsPutAgain() {
        Digest digest = blobs.put(text("again"));
        clock.advance(Duration.ofHours(2));
        blobs.put(text("again"));
        assertThat(only().renewed()).isEqualTo(clock.instant());
        clock.advance(Duration.ofHours(2));
        assertThat(blobs.renew(digest)).isTrue();
        assertThat(only().renewed()).isEqualTo(clock.instant());
        assertThat(blobs.deleteIfOlder(digest, clock.instant())).isFalse();
    }

    @Test
    void findsABlobWhileARemovalHasItAside() throws IOException {
        Digest digest = blobs.put(text("aside"));
        Files.move(blobs.local(digest), root.resolve("condemned").resolve(digest.hex()));
        assertThat(blobs.has(digest)).isTrue();
        assertThat(blobs.read(digest, 100)).contains(text("aside"));
        Path name = root.resolve("second-name");
        blobs.link(digest, name);
        assertThat(name).hasContent("aside");
        assertThat(blobs.renew(digest))
                .as("the removal may have looked at its age already")
                .isFalse();
    }

    @Test
    void bringsBackWhatACrashedRemovalLeftAsideButNeverOverAYoungerBlob() throws IOException {
        Digest alone = blobs.put(text("alone"));
        Digest both = blobs.put(text("both"));
        for (Digest digest : new Digest[] {alone, both}) {
            Files.move(blobs.local(digest), root.resolve("condemned").resolve(digest.hex()));
        }
        clock.advance(Duration.ofHours(3));
        blobs.put(text("both"));
        LocalBlobs reopened = LocalBlobs.open(root, clock);
        assertThat(reopened.local(alone)).hasContent("alone");
        assertThat(BlobPlaces.renewed(reopened.local(both))).isEqualTo(clock.instant());
        assertThat(root.resolve("condemned")).isEmptyDirectory();
    }

    @Test
    void sweepsTemporaryFilesThatAreADayOld() throws IOException {
        Path old = Files.writeString(root.resolve("tmp/old.part"), "old");
        Path young = Files.writeString(root.resolve("tmp/young.part"), "young");
        Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofHours(25))));
        Files.setLastModifiedTime(young, FileTime.from(clock.instant().minus(Duration.ofHours(23))));
        LocalBlobs.open(root, clock);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void replacesATruncatedBlobByOneThatIsPut() throws IOException {
        Digest digest = blobs.put(text("whole"));
        damage(digest, "who");
        blobs.put(text("whole"));
        assertThat(blobs.local(digest)).hasContent("whole");
    }

    @Test
    void failsAtTheEndOfDamagedBytes() throws IOException {
        Digest digest = blobs.put(text("sound"));
        damage(digest, "sOund");
        try (InputStream in = blobs.open(digest)) {
            assertThat(in.readNBytes(5)).isEqualTo(text("sOund"));
            assertThatThrownBy(in::read)
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                    .hasMessageContaining("is damaged: its bytes are those of " + Digest.of(text("sOund")));
        }
        assertThatThrownBy(() -> blobs.read(digest, 100)).hasMessageContaining("is damaged");
    }

    @Test
    void listsNoFilesThatAreNotBlobs() throws IOException {
        Digest digest = blobs.put(text("blob"));
        Files.writeString(root.resolve("blobs/sha256/README"), "a file");
        Files.copy(blobs.local(digest), blobs.local(digest).resolveSibling("0".repeat(64)));
        assertThat(listed()).containsExactly(digest);
        assertThat(blobs.strays()).hasSize(2).contains("blobs/sha256/README");
    }

    @Test
    void saysWhenTheNameToLinkHasNoFolder() {
        Digest digest = blobs.put(text("linked"));
        assertThatThrownBy(() -> blobs.link(digest, root.resolve("nowhere/name")))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
    }

    private void damage(Digest digest, String content) throws IOException {
        Path file = blobs.local(digest);
        Files.delete(file);
        Files.writeString(file, content);
    }
}
