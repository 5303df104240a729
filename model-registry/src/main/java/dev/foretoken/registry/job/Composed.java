package dev.foretoken.registry.job;

import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import java.util.List;
import java.util.Map;

/** A variant whose files are stored. {@code config}: with its list of files. */
public record Composed(VariantConfig config, VariantManifest manifest) {

    /** {@code files}: stored already. */
    static Composed of(VariantConfig draft, List<ModelFile> files) {
        VariantConfig config = draft.withFiles(files);
        return new Composed(config, VariantManifest.of(config, files, Map.of()));
    }

    byte[] configBytes() {
        return VariantManifest.configBytes(config, manifest.files());
    }

    byte[] manifestBytes() {
        return ManifestJson.write(manifest);
    }
}
