package dev.foretoken.registry;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.metadata.SampleRows;
import java.nio.file.Path;
import java.util.Map;

/** Small models to import: the same weights, and a text that makes each another one. */
final class RegistryFixture {

    private RegistryFixture() {}

    /** {@code text}: two models with the same one have the same files. */
    static Path model(Path folder, String text) {
        SampleModels.single(folder);
        SampleModels.write(folder.resolve("README.md"), text);
        return folder;
    }

    static Imported take(Registry registry, String model, Path source) {
        return take(registry, model, source, LoadProgress.SILENT);
    }

    static Imported take(Registry registry, String model, Path source, LoadProgress progress) {
        Provenance from = new Provenance("a folder", "test 1", "import", Map.of(), null, SampleRows.NOON);
        return registry.importModel(model, source, Trust.OWN_FOLDER, from, progress);
    }
}
