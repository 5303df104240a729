package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.job.Composed;
import dev.foretoken.registry.job.JobShelf;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.view.VariantView;
import java.nio.file.Path;
import java.util.List;

/** Gives out checked views, and takes what builds made. */
record Shelf(Storage storage, Signatures signatures) implements JobShelf {

    /** The signature is checked each time, a blob's bytes when they were not since its file was last written to. */
    VariantView view(VariantRow variant, LoadProgress progress) {
        VariantManifest manifest = storage.manifest(variant.manifest());
        try {
            return checked(variant, manifest, progress);
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_FILE_CORRUPT) {
                throw e;
            }
            storage.forget(manifest, variant.manifest());
            return checked(variant, manifest, progress);
        }
    }

    /** A view that is there may link to a damaged blob whose place in the store a sound one has taken: then a second view is sound. */
    private VariantView checked(VariantRow variant, VariantManifest manifest, LoadProgress progress) {
        signatures.enforce(variant, manifest);
        VariantView view = storage.view(manifest);
        view.verify(storage.local().sound(), Runtime.getRuntime().availableProcessors(), progress);
        return view;
    }

    /** Not checked. */
    VariantView look(VariantRow variant) {
        return storage.view(storage.manifest(variant.manifest()));
    }

    @Override
    public ModelSource open(VariantRow variant) {
        return source(variant, view(variant, LoadProgress.SILENT));
    }

    /** What a runtime is told to open. */
    static ModelSource source(VariantRow variant, VariantView view) {
        return new ModelSource(
                variant.ref().toString(),
                view.model().toUri(),
                variant.manifest().toString());
    }

    @Override
    public VariantManifest manifest(VariantRow variant) {
        return storage.manifest(variant.manifest());
    }

    @Override
    public Composed store(Path folder, VariantConfig draft, List<ModelFile> inherited, LoadProgress progress) {
        ImportReport report = new Ingest(storage.blobs()).storeBuilt(folder, draft, inherited, progress);
        return new Composed(report.config(), report.manifest());
    }

    @Override
    public Digest put(byte[] bytes) {
        return storage.blobs().put(bytes);
    }

    @Override
    public byte[] read(Digest blob, int most) {
        return storage.blobs()
                .read(blob, most)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "blob " + blob + " is missing from the store"));
    }

    @Override
    public void renew(VariantManifest manifest) {
        storage.renew(manifest, Digest.of(ManifestJson.write(manifest)));
    }
}
