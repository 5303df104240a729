package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes models in. Everything is checked before anything is stored; what is stored is what was checked. An import that fails or dies leaves
 * nothing but blobs that no manifest names, which a collection removes.
 */
public final class Ingest {

    /** Of a manifest: what its files ask for and never get. */
    public static final String NOTES = "dev.foretoken.notes";

    private final BlobStore store;

    public Ingest(BlobStore store) {
        this.store = store;
    }

    /** Whether an import takes a file of this name; whoever checks signatures asks, because only others may be missing. */
    public static boolean takes(String path) {
        return Role.of(path.substring(path.lastIndexOf('/') + 1)).reason().isEmpty();
    }

    /** What is known of an import before it is made. */
    public static VariantConfig imported(Provenance from) {
        return new VariantConfig(
                VariantConfig.Format.SAFETENSORS, "", VariantConfig.Kind.IMPORTED, null, Map.of(), from, List.of());
    }

    /**
     * Stores a model: files, configuration, manifest.
     *
     * @param source a folder, or a *.gguf, *.onnx, recipe or prediction file
     * @param draft its kind, parent, settings and provenance are kept, its format, architecture and files found
     * @throws ForetokenException MODEL_FILE_CORRUPT for files that are damaged or lead elsewhere, MODEL_UNSUPPORTED for what is no model that
     *     can be loaded without running code, STORAGE_FULL
     */
    public ImportReport store(Path source, Trust trust, VariantConfig draft, LoadProgress progress) {
        Selection found = SourceReader.read(source, trust, Bases.TAKEN);
        return store(found, draft, List.of(), progress);
    }

    /**
     * The same for what a build made.
     *
     * @param inherited files of its parent, in the store; those of a path that the source has too are not taken. For a recipe or
     *     prediction whose base is {@code "base"} they are the base's, below {@code base/}
     */
    public ImportReport storeBuilt(Path source, VariantConfig draft, List<ModelFile> inherited, LoadProgress progress) {
        boolean given = inherited.stream().anyMatch(file -> file.path().startsWith(Bases.FOLDER + "/"));
        Selection found = SourceReader.read(source, Trust.OWN_FOLDER, new Bases(given, 0));
        return store(found, draft, inherited, progress);
    }

    private ImportReport store(Selection found, VariantConfig draft, List<ModelFile> inherited, LoadProgress progress) {
        Map<String, ModelFile> files = new TreeMap<>();
        for (ModelFile file : inherited) {
            file.parts().forEach(this::renew);
            files.put(file.path(), file);
        }
        BlobCopy copy = new BlobCopy(store, progress, found.bytes());
        found.files().forEach(file -> files.put(file.path(), copy.copy(file)));
        List<ModelFile> all = List.copyOf(files.values());
        VariantConfig config = config(found, draft).withFiles(all);
        VariantManifest manifest = VariantManifest.of(config, all, annotations(found));
        store.put(VariantManifest.configBytes(config, all));
        store.put(ManifestJson.write(manifest));
        CheckedFile.Counts counts = found.counts();
        return new ImportReport(
                manifest,
                config,
                new ImportReport.CheckedCounts(counts.tensors(), counts.elements()),
                found.leftOut(),
                found.notes(),
                copy.added(),
                copy.present());
    }

    private void renew(Descriptor part) {
        if (!store.renew(part.digest())) {
            throw Refusal.damaged(
                    "blob %s of the variant that this one is made from is missing; look with `models verify`",
                    part.digest());
        }
    }

    private static VariantConfig config(Selection found, VariantConfig draft) {
        String architecture = found.architecture().isEmpty() ? draft.architecture() : found.architecture();
        return new VariantConfig(
                found.format(),
                architecture,
                draft.kind(),
                draft.parent(),
                draft.settings(),
                draft.provenance(),
                List.of());
    }

    private static Map<String, String> annotations(Selection found) {
        return found.notes().isEmpty() ? Map.of() : Map.of(NOTES, String.join("; ", found.notes()));
    }
}
