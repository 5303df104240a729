package dev.foretoken.registry.job;

import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.SampleRows;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.VariantRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A database, blobs and a base variant, in one folder that several processes can open. */
final class JobSiteFixture implements AutoCloseable {
    /** Short, so that takeovers come soon. */
    static final JobSettings QUICK =
            new JobSettings(Duration.ofMillis(1500), Duration.ofMillis(20), Duration.ofMillis(10), 4, 8 << 10);

    static final VariantRef BASE = VariantRef.base("toy", 1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final Metadata metadata;
    final LocalBlobs blobs;
    final FolderShelf shelf;
    final BuildJobs jobs;
    private final Path folder;

    JobSiteFixture(Path folder, String url) {
        this.folder = folder;
        metadata = Metadata.open(url);
        blobs = LocalBlobs.open(folder.resolve("blobs"), Clock.systemUTC());
        shelf = new FolderShelf(blobs, folder);
        jobs = new BuildJobs(metadata, shelf, folder.resolve("jobs"), QUICK, Clock.systemUTC());
    }

    JobSiteFixture withBase() {
        List<ModelFile> files = List.of(
                file("config.json", "{}"),
                file("model.safetensors", "weights of the base"),
                file("tokenizer.json", "{\"tokens\":[]}"));
        Composed base = Composed.of(SampleRows.config(), files);
        shelf.put(base.configBytes());
        VariantRow row = new VariantRow(
                BASE,
                shelf.put(base.manifestBytes()),
                base.manifest().contentDigest(),
                base.config(),
                base.manifest().fileBytes(),
                SampleRows.NOON);
        metadata.change(session -> {
            session.models().addVersion("toy", SampleRows.NOON);
            session.variants().add(row);
            return true;
        });
        return this;
    }

    private ModelFile file(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ModelFile.whole(path, bytes.length, shelf.put(bytes));
    }

    static JobOrder order(String name) {
        return new JobOrder(BASE, name, "count", Map.of(), List.of(), 1);
    }

    /** Runs jobs until this one is over. */
    Job runToTheEnd(long id, VariantWorkshop workshop, VariantProbe probe) {
        try (JobRunner _ = jobs.start(workshop, probe)) {
            await(() -> jobs.find(id).state().ended());
        }
        return jobs.find(id);
    }

    /** What {@link CountingWorkshop} wrote as the variant's weights. */
    String weights(String name) {
        VariantRow row = metadata.read(
                session -> session.variants().find(BASE.sibling(name)).orElseThrow());
        ModelFile file = shelf.manifest(row).files().stream()
                .filter(found -> found.path().equals("model.safetensors"))
                .findFirst()
                .orElseThrow();
        return new String(shelf.read(file.digest(), 1 << 20), StandardCharsets.UTF_8).strip();
    }

    boolean exists(String name) {
        return metadata.<Boolean>read(
                session -> session.variants().find(BASE.sibling(name)).isPresent());
    }

    boolean scratchIsEmpty(long id) {
        Path scratch = folder.resolve("jobs").resolve(Long.toString(id)).resolve("scratch");
        try (var files = Files.list(scratch)) {
            return files.findAny().isEmpty();
        } catch (java.nio.file.NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void await(BooleanSupplier holds) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it did not happen within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    @Override
    public void close() {
        metadata.close();
    }
}
