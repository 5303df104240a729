package dev.foretoken.registry.ingest;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import java.util.List;

/**
 * What an import found and kept. The files it took are the manifest's; their format and architecture are the configuration's.
 *
 * @param found what the headers say, bases of recipes included
 * @param leftOut what was not taken, and why
 * @param notes sentences about what the files ask for and do not get, such as code
 * @param newBytes what the store did not have
 * @param knownBytes what it had already
 */
public record ImportReport(
        VariantManifest manifest,
        VariantConfig config,
        CheckedCounts found,
        List<LeftOut> leftOut,
        List<String> notes,
        long newBytes,
        long knownBytes) {

    /** Tensors, and the elements of all of them as they are stored. */
    public record CheckedCounts(long tensors, long parameters) {}

    public ImportReport {
        leftOut = List.copyOf(leftOut);
        notes = List.copyOf(notes);
    }

    /** The canonical manifest, which is in the store. */
    public byte[] manifestBytes() {
        return ManifestJson.write(manifest);
    }

    /** Names the variant. */
    public Digest digest() {
        return Digest.of(manifestBytes());
    }
}
