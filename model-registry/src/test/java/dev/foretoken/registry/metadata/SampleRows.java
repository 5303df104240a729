package dev.foretoken.registry.metadata;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.Proportion;
import dev.foretoken.registry.name.VariantRef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rows for tests that need no files. */
public final class SampleRows {
    public static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private SampleRows() {}

    public static Digest digest(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    public static VariantConfig config() {
        return new VariantConfig(
                VariantConfig.Format.SAFETENSORS,
                "LlamaForCausalLM",
                VariantConfig.Kind.IMPORTED,
                null,
                Map.of(),
                new Provenance("a folder", "test 1", "import", Map.of(), null, NOON),
                List.of());
    }

    /** {@code content}: stands for the variant's files. */
    public static VariantRow variant(VariantRef ref, String content) {
        return new VariantRow(ref, digest(ref + content), digest(content), config(), content.length(), NOON);
    }

    /** Adds the next version with its base, as an import does. */
    public static VariantRef version(Metadata metadata, String model) {
        return metadata.change(session -> {
            VariantRef ref = VariantRef.base(model, session.models().addVersion(model, NOON));
            session.variants().add(variant(ref, "files of " + ref));
            return ref;
        });
    }

    public static VariantRef sibling(Metadata metadata, VariantRef base, String name) {
        VariantRef ref = base.sibling(name);
        return metadata.change(session -> {
            session.variants().add(variant(ref, "files of " + ref));
            return ref;
        });
    }

    /** 900 of 1,000 questions right, perplexity 10. */
    public static Measurement good() {
        return measurement(10, 0, 1, 900);
    }

    public static Measurement measurement(double perplexity, double kl, double agreement, int right) {
        return new Measurement(
                NOON,
                "x86-64, 2 threads",
                "test 1",
                "set 1",
                "base",
                new Measurement.Quality(perplexity, 5000, kl, agreement, new Proportion(right, 1000)),
                new Measurement.Footprint(1_000_000, 2_000_000, 512, 0),
                new Measurement.Speed(1000, 50, 128, true));
    }
}
