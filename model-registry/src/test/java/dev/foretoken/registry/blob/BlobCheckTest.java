package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCheckTest {

    private final StoredVariant first = new StoredVariant(List.of("shared", "first"));
    private final StoredVariant second = new StoredVariant(List.of("shared", "second"));
    private final List<BlobRoot> roots = List.of(second.root("toy@2/base"), first.root("toy@1/base"));
    private final Digest shared = Digest.of(BlobStoreContract.text("shared"));
    private final Digest alone = Digest.of(BlobStoreContract.text("first"));

    @TempDir
    private Path root;

    private LocalBlobs blobs;

    @BeforeEach
    void store() {
        blobs = LocalBlobs.open(root, Clock.systemUTC());
        first.storeIn(blobs);
        second.storeIn(blobs);
    }

    @Test
    void findsNothingInASoundStore() {
        BlobCheck.Report report = check(false);
        assertThat(report.findings()).isEmpty();
        assertThat(report.blobs()).isEqualTo(7);
        assertThat(report.bytes()).isPositive();
    }

    @Test
    void findsAFlippedByteAndWhoNeedsTheBlob() throws IOException {
        overwrite(shared, "sHared");
        assertThat(check(false).findings())
                .extracting(BlobCheck.Finding::kind, BlobCheck.Finding::what, BlobCheck.Finding::names)
                .containsExactly(tuple(BlobCheck.Kind.DAMAGED, shared.toString(), List.of("toy@1/base", "toy@2/base")));
        assertThat(check(false).findings().getFirst().detail()).contains("is damaged: its bytes are those of");
    }

    @Test
    void findsATruncatedBlob() throws IOException {
        overwrite(alone, "fir");
        assertThat(check(false).findings())
                .extracting(BlobCheck.Finding::kind, BlobCheck.Finding::what, BlobCheck.Finding::names)
                .containsExactly(tuple(BlobCheck.Kind.WRONG_SIZE, alone.toString(), List.of("toy@1/base")));
    }

    @Test
    void findsAMissingBlob() {
        blobs.delete(alone);
        assertThat(check(false).findings())
                .extracting(BlobCheck.Finding::kind, BlobCheck.Finding::what, BlobCheck.Finding::names)
                .containsExactly(tuple(BlobCheck.Kind.MISSING, alone.toString(), List.of("toy@1/base")));
    }

    @Test
    void findsBlobsUnderWrongNames() throws IOException {
        Path file = blobs.local(alone);
        Files.move(file, file.resolveSibling("misplaced"));
        assertThat(check(false).findings())
                .extracting(BlobCheck.Finding::kind)
                .containsExactly(BlobCheck.Kind.MISSING, BlobCheck.Kind.STRAY);
        Files.createLink(file, blobs.local(shared));
        assertThat(check(false).findings())
                .extracting(BlobCheck.Finding::kind, BlobCheck.Finding::what)
                .containsExactly(
                        tuple(BlobCheck.Kind.WRONG_SIZE, alone.toString()),
                        tuple(
                                BlobCheck.Kind.STRAY,
                                root.relativize(file.resolveSibling("misplaced"))
                                        .toString()));
    }

    @Test
    void goesOnWhenAManifestIsDamagedOrMissing() throws IOException {
        overwrite(first.manifest(), "{}");
        blobs.delete(second.manifest());
        assertThat(check(false).findings())
                .extracting(BlobCheck.Finding::kind, BlobCheck.Finding::what, BlobCheck.Finding::names)
                .contains(
                        tuple(BlobCheck.Kind.UNREADABLE, first.manifest().toString(), List.of("toy@1/base")),
                        tuple(BlobCheck.Kind.DAMAGED, first.manifest().toString(), List.of("toy@1/base")),
                        tuple(BlobCheck.Kind.MISSING, second.manifest().toString(), List.of("toy@2/base")));
    }

    @Test
    void setsDamagedBlobsAsideSoThatAnImportHealsThem() throws IOException {
        overwrite(shared, "sHared");
        check(true);
        assertThat(root.resolve("damaged").resolve(shared.hex())).hasContent("sHared");
        assertThat(check(false).findings()).extracting(BlobCheck.Finding::kind).containsExactly(BlobCheck.Kind.MISSING);
        first.storeIn(blobs);
        assertThat(check(false).findings()).isEmpty();
    }

    private BlobCheck.Report check(boolean setAside) {
        return new BlobCheck(blobs).check(roots, setAside, LoadProgress.SILENT);
    }

    private void overwrite(Digest digest, String content) throws IOException {
        Path file = blobs.local(digest);
        Files.delete(file);
        Files.writeString(file, content);
    }
}
