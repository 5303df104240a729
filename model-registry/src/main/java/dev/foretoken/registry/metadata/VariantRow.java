package dev.foretoken.registry.metadata;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;

/**
 * A variant, whole: its row appears in the transaction that made all of it.
 *
 * @param manifest of its manifest's bytes
 * @param content of its files alone
 * @param config the configuration blob that the manifest names, kept here too so that lists need no blobs
 * @param bytes of its files, blobs that occur several times counted each time
 */
public record VariantRow(
        VariantRef ref, Digest manifest, Digest content, VariantConfig config, long bytes, Instant created) {}
