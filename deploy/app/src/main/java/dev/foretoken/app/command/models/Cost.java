package dev.foretoken.app.command.models;

import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.picture.Tradeoff;
import java.util.List;
import java.util.Optional;

/** What a variant costs, to be drawn against its perplexity. */
enum Cost {
    SIZE("size on disk, MiB", 1 << 20) {
        @Override
        long bytes(Measurement measured) {
            return measured.footprint().storedBytes();
        }
    },
    MEMORY("weights and work space in memory, MiB", 1 << 20) {
        @Override
        long bytes(Measurement measured) {
            return measured.footprint().residentBytes();
        }
    },
    KV("K and V, bytes per token", 1) {
        @Override
        long bytes(Measurement measured) {
            return measured.footprint().kvBytesPerToken();
        }
    },
    ;

    private final String label;
    private final double unit;

    Cost(String label, double unit) {
        this.label = label;
        this.unit = unit;
    }

    abstract long bytes(Measurement measured);

    /** Of the variants that were measured; empty when none was. */
    Optional<Tradeoff> tradeoff(String version, List<VariantDetail> variants) {
        List<Tradeoff.Point> points = variants.stream()
                .filter(variant -> variant.measurement().isPresent())
                .map(variant -> point(variant, variant.measurement().get()))
                .toList();
        if (points.isEmpty()) {
            return Optional.empty();
        }
        String title = version + " (filled: no other variant is better in both)";
        return Optional.of(new Tradeoff(title, label, "perplexity, per token", points));
    }

    private Tradeoff.Point point(VariantDetail variant, Measurement measured) {
        return new Tradeoff.Point(
                variant.ref().variant(),
                bytes(measured) / unit,
                measured.quality().perplexity());
    }
}
