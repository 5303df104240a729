package dev.foretoken.registry.trust;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import java.util.List;
import java.util.Map;

/**
 * What a signature is compared with.
 *
 * @param name for messages, such as {@code toy@3/q4}
 * @param manifest digest of the manifest's bytes
 * @param files as the manifest has them, each part's bytes known to have its digest
 * @param settings the configuration's load settings, which files do not say
 */
public record SignedVariant(String name, Digest manifest, List<ModelFile> files, Map<String, String> settings) {

    public SignedVariant {
        files = List.copyOf(files);
        settings = Map.copyOf(settings);
    }

    /** {@code manifestBytes}: as stored; {@code manifest} read from them. */
    public static SignedVariant of(
            String name, byte[] manifestBytes, VariantManifest manifest, Map<String, String> settings) {
        return new SignedVariant(name, Digest.of(manifestBytes), manifest.files(), settings);
    }
}
