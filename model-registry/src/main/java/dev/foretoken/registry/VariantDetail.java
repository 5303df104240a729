package dev.foretoken.registry;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything about a variant.
 *
 * @param stored what it is and how large, with the digest of its manifest
 * @param measurements newest first
 * @param verdict of the model's gate; empty without a gate
 * @param signatures digests of its detached signatures; {@link Registry#trust} says what they are worth
 */
public record VariantDetail(
        Stored stored, List<Measurement> measurements, Optional<GateVerdict> verdict, List<Digest> signatures) {

    /** @param bytes of its files, blobs that occur several times counted each time */
    public record Stored(VariantRef ref, Digest manifest, VariantConfig config, long bytes, Instant created) {}

    public VariantRef ref() {
        return stored.ref();
    }

    public Digest manifest() {
        return stored.manifest();
    }

    public VariantConfig config() {
        return stored.config();
    }

    public long bytes() {
        return stored.bytes();
    }

    /** The newest one. */
    public Optional<Measurement> measurement() {
        return measurements.stream().findFirst();
    }

    /** Whether an alias may point here, as far as the gate is concerned. */
    public boolean passes() {
        return verdict.map(GateVerdict::passes).orElse(true);
    }
}
