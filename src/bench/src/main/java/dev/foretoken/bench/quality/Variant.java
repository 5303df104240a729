package dev.foretoken.bench.quality;

import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One way to hold the model.
 *
 * @param name as the table shows it
 */
record Variant(String name, ModelSource source, RuntimeOptions options) {

    private static final String MODEL = "quality";

    /**
     * The first one is what the others are compared with: weights as stored and a BF16 cache. Then every encoding that weights can become, the
     * others with the reference's cache; exact arithmetic; every other cache type with the reference's weights; and models that were encoded
     * before.
     *
     * @param encoded name and path of further files or folders of the same model, such as GGUF files
     */
    static List<Variant> all(Path model, String kernels, Map<String, Path> encoded) {
        RuntimeOptions reference = new RuntimeOptions(CacheType.BF16, kernels, Precision.FAST, 0);
        ModelSource source = ModelSource.of(MODEL, model);
        List<Variant> variants = new ArrayList<>();
        for (Weights weights : Weights.values()) {
            variants.add(new Variant(weights.toString(), source, reference.withWeights(weights)));
        }
        variants.add(new Variant(
                "stored, exact arithmetic, cache f32",
                source,
                new RuntimeOptions(CacheType.F32, kernels, Precision.EXACT, 0)));
        for (CacheType cache : CacheType.values()) {
            if (cache != CacheType.AUTO && cache != reference.cacheType()) {
                String name = "stored, cache " + cache.toString().toLowerCase(Locale.ROOT);
                variants.add(new Variant(name, source, new RuntimeOptions(cache, kernels, Precision.FAST, 0)));
            }
        }
        encoded.forEach((name, path) -> variants.add(new Variant(name, ModelSource.of(MODEL, path), reference)));
        return variants;
    }
}
