package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Puts a pulled variant's files together and gives them to the import as an upload: what that would not take is not taken here either. */
final class PulledFiles {

    private PulledFiles() {}

    /** @throws ForetokenException as an import does, and MODEL_FILE_CORRUPT when it would leave out or change a file */
    static void check(
            VariantManifest manifest, VariantConfig config, BlobStore store, Path staging, LoadProgress progress)
            throws IOException {
        Path folder = staging.resolve("check-" + manifest.contentDigest().hex());
        remove(folder);
        try {
            for (ModelFile file : manifest.files()) {
                join(file, store, folder);
            }
            ImportReport report = new Ingest(store).store(source(folder, manifest), Trust.UPLOADED, config, progress);
            if (!report.manifest().contentDigest().equals(manifest.contentDigest())) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "the pulled variant has files that no import takes, or not the bytes that its configuration names; left out: "
                                + report.leftOut());
            }
        } finally {
            remove(folder);
        }
    }

    private static Path source(Path folder, VariantManifest manifest) {
        boolean single = manifest.files().size() == 1;
        return single ? folder.resolve(manifest.files().getFirst().path()) : folder;
    }

    /** The manifest has checked the path; the blobs are checked while they are read. */
    private static void join(ModelFile file, BlobStore store, Path folder) throws IOException {
        Path target = folder.resolve(file.path());
        Files.createDirectories(target.getParent());
        try (OutputStream out = Files.newOutputStream(target)) {
            for (Descriptor part : file.parts()) {
                try (InputStream in = store.open(part.digest())) {
                    in.transferTo(out);
                }
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
