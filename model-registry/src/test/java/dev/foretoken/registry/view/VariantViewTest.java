package dev.foretoken.registry.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.parts.PartList;
import dev.foretoken.registry.safetensors.SampleTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VariantViewTest {

    @TempDir
    private Path home;

    private LocalBlobs blobs;
    private Path views;
    private VariantManifest manifest;

    @BeforeEach
    void importOne() {
        blobs = LocalBlobs.open(home.resolve("store"), Clock.systemUTC());
        views = home.resolve("views");
        manifest = imported(SampleModels.single(home.resolve("source"))).manifest();
    }

    private ImportReport imported(Path source) {
        return new Ingest(blobs).store(source, Trust.OWN_FOLDER, SampleModels.draft(), LoadProgress.SILENT);
    }

    private VariantView create() {
        return VariantView.create(manifest, blobs, views);
    }

    private ModelFile weights() {
        return manifest.files().get(1);
    }

    @Test
    void hasWholeFilesByNameAndOthersInParts() throws IOException {
        VariantView view = create();
        assertThat(view.folder().getFileName().toString()).hasSize(64);
        assertThat(view.model()).isEqualTo(view.folder());
        Path config = view.folder().resolve("config.json");
        assertThat(Files.readString(config)).isEqualTo(SampleModels.CONFIG);
        assertThat(Files.isSameFile(
                        config, blobs.local(manifest.files().getFirst().digest())))
                .isTrue();
        Path file = view.folder().resolve("model.safetensors");
        assertThat(PartList.standsFor(file)).isTrue();
        PartList list = PartList.of(file);
        assertThat(list.size()).isEqualTo(weights().size());
        for (PartList.Part part : list.parts()) {
            assertThat(Files.isSameFile(part.in(view.folder()), blobs.local(new Digest(part.hex()))))
                    .isTrue();
        }
        view.verify(2, LoadProgress.SILENT);
    }

    @Test
    void aSecondCallFindsTheFirstOnesView() throws IOException {
        Path marked = Files.createFile(create().folder().resolve("marked"));
        assertThat(create().folder()).isEqualTo(marked.getParent());
        assertThat(marked).exists();
    }

    @Test
    void anIncompleteViewIsReplaced() throws IOException {
        for (String gone : List.of(
                "config.json",
                "model.safetensors.parts",
                "parts/" + weights().parts().getFirst().digest().hex())) {
            Files.delete(create().folder().resolve(gone));
            assertThat(create().folder().resolve(gone)).exists();
        }
        Files.writeString(create().folder().resolve("model.safetensors.parts"), "{}");
        create().verify(1, LoadProgress.SILENT);
        assertThat(PartList.of(create().folder().resolve("model.safetensors")).size())
                .isEqualTo(weights().size());
    }

    @ParameterizedTest(name = "{displayName} {0}")
    @ValueSource(booleans = {false, true})
    void manyMayMakeItAtOnce(boolean incomplete) throws Exception {
        if (incomplete) {
            Files.delete(create().folder().resolve("config.json"));
        }
        int makers = 8;
        CyclicBarrier start = new CyclicBarrier(makers);
        List<Future<VariantView>> made = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(makers)) {
            for (int i = 0; i < makers; i++) {
                made.add(pool.submit(() -> {
                    start.await();
                    return create();
                }));
            }
        }
        for (Future<VariantView> view : made) {
            view.get().verify(1, LoadProgress.SILENT);
        }
        try (var entries = Files.list(views)) {
            assertThat(entries).as("nothing is left of the others").hasSize(1);
        }
    }

    @Test
    void aDamagedBlobIsFoundAndNamed() throws IOException {
        VariantView view = create();
        for (Descriptor part :
                List.of(weights().parts().getFirst(), weights().parts().getLast())) {
            Path blob = blobs.local(part.digest());
            byte[] sound = Files.readAllBytes(blob);
            byte[] damaged = sound.clone();
            damaged[damaged.length - 1] ^= 1;
            overwrite(blob, damaged);
            assertThatThrownBy(() -> view.verify(2, LoadProgress.SILENT))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                    .hasMessageContaining("model.safetensors of the variant is damaged (blob " + part.digest() + ")")
                    .hasMessageContaining("expected " + weights().digest())
                    .hasMessageContaining("models verify");
            overwrite(blob, sound);
        }
        view.verify(2, LoadProgress.SILENT);
    }

    private static void overwrite(Path blob, byte[] bytes) throws IOException {
        Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(blob, bytes);
    }

    @Test
    void aDamagedWholeFileAndALostOneAreFound() throws IOException {
        VariantView view = create();
        overwrite(view.folder().resolve("tokenizer.json"), new byte[2]);
        assertThatThrownBy(() -> view.verify(1, LoadProgress.SILENT))
                .hasMessageContaining("tokenizer.json of the variant is damaged: its digest is sha256:");
        Files.delete(view.folder().resolve("tokenizer.json"));
        assertThatThrownBy(() -> view.verify(1, LoadProgress.SILENT)).hasMessageContaining("cannot be read");
    }

    @Test
    void tellsHowFarTheCheckIs() {
        List<Long> seen = new ArrayList<>();
        create().verify(2, (stage, done, total) -> {
            assertThat(total).isEqualTo(manifest.fileBytes());
            seen.add(done);
        });
        assertThat(seen).isSorted().endsWith(manifest.fileBytes());
    }

    @Test
    void missingBlobsAreSaid() {
        blobs.delete(weights().parts().getFirst().digest());
        assertThatThrownBy(this::create)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining("is missing");
        assertThat(views.toFile().list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"parts/x", "parts", "a/parts/b", "model.safetensors.parts", "x.parts/y"})
    void refusesManifestsWhoseFilesWouldStandForParts(String path) {
        Digest digest = blobs.put(new byte[] {1});
        VariantManifest hostile =
                VariantManifest.of(SampleModels.draft(), List.of(ModelFile.whole(path, 1, digest)), Map.of());
        assertThatThrownBy(() -> VariantView.create(hostile, blobs, views))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
    }

    @Test
    void aViewKeepsItsBytesWhenTheBlobsAreCollectedAndGoesWhenNobodyNeedsIt() throws IOException {
        VariantView view = create();
        manifest.blobs().keySet().forEach(blobs::delete);
        view.verify(1, LoadProgress.SILENT);
        ViewFolder all = new ViewFolder(views);
        Digest digest = new Digest(view.folder().getFileName().toString());
        Instant later = Instant.now().plusSeconds(60);
        Files.createDirectory(views.resolve(".making-left"));
        Files.createDirectory(views.resolve("not-a-view"));
        assertThat(all.removeOthers(Set.of(digest), later)).isZero();
        assertThat(all.removeOthers(Set.of(), Instant.now().minusSeconds(60))).isZero();
        assertThat(view.folder()).exists();
        assertThat(all.removeOthers(Set.of(), later)).isEqualTo(1);
        try (var entries = Files.list(views)) {
            assertThat(entries).extracting(Path::getFileName).containsExactly(Path.of("not-a-view"));
        }
        assertThat(new ViewFolder(home.resolve("none")).removeOthers(Set.of(), later))
                .isZero();
    }

    @Test
    void whoeverAsksForAViewKeepsItFromBeingRemovedForAWhile() throws IOException {
        VariantView view = create();
        Instant old = Instant.parse("2026-01-01T00:00:00Z");
        Files.setLastModifiedTime(view.folder(), FileTime.from(old));
        create();
        assertThat(new ViewFolder(views).removeOthers(Set.of(), old.plusSeconds(1)))
                .isZero();
        Files.setLastModifiedTime(view.folder(), FileTime.from(old));
        assertThat(new ViewFolder(views).removeOthers(Set.of(), old.plusSeconds(1)))
                .isEqualTo(1);
    }

    @Test
    void variantsOfTheSameTensorsAreLinksToTheSameFiles() throws IOException {
        VariantView one = create();
        Path changed = SampleModels.single(home.resolve("changed"));
        SampleModels.write(changed.resolve("tokenizer.json"), "{\"other\": 1}");
        SampleModels.write(
                changed.resolve("model.safetensors"),
                new SampleTensors()
                        .with("embed", 100_000, 1)
                        .with("new", 80_000, 5)
                        .file());
        VariantView other = VariantView.create(imported(changed).manifest(), blobs, views);
        assertThat(other.folder()).isNotEqualTo(one.folder());
        Set<Object> shared = new java.util.HashSet<>(keys(one));
        shared.retainAll(keys(other));
        assertThat(shared).as("the configuration and one tensor").hasSize(2);
    }

    private static List<Object> keys(VariantView view) throws IOException {
        List<Object> keys = new ArrayList<>();
        try (var files = Files.walk(view.folder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                keys.add(Files.getAttribute(file, "unix:ino"));
            }
        }
        return keys;
    }
}
