package dev.foretoken.nativeruntime.compress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.TinyBase;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A llama of four blocks, of which recipes are built. */
final class TinyBuild extends TinyBase {

    static final int HIDDEN = 32;
    static final int INNER = 96;
    static final int BLOCKS = 4;
    private static final int VOCABULARY = 40;

    /** {@code folder}: for what is built. */
    TinyBuild(Path folder) {
        super(folder, config("llama", "", VOCABULARY));
    }

    static String attention(int block, String map) {
        return "model.layers.%d.self_attn.%s_proj.weight".formatted(block, map);
    }

    static String mlp(int block, String map) {
        return "model.layers.%d.mlp.%s_proj.weight".formatted(block, map);
    }

    void scale(String tensor, float factor) {
        float[] numbers = numbers(tensor);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= factor;
        }
        put(tensor, numbers);
    }

    static List<int[]> texts() {
        Random random = new Random(1);
        return List.of(
                random.ints(50, 0, VOCABULARY).toArray(),
                random.ints(7, 0, VOCABULARY).toArray(),
                random.ints(100, 0, VOCABULARY).toArray());
    }

    BuildJob job(VariantBuilder builder, Order order, Map<String, String> parameters, int threads, BuildWatch watch) {
        return job(builder, order, parameters, texts(), threads, watch);
    }

    BuildResult build(VariantBuilder builder, Order order, Map<String, String> parameters) {
        return builder.build(job(builder, order, parameters, 1, new Watch(Integer.MAX_VALUE)));
    }

    /** Builds and reads the operations of the recipe. */
    JsonNode operations(VariantBuilder builder, Map<String, String> parameters) throws IOException {
        Order order = order();
        build(builder, order, parameters);
        return operations(order);
    }

    /** Of the recipe that was written. */
    static JsonNode operations(Order order) throws IOException {
        return new ObjectMapper()
                .readTree(order.output().resolve("recipe.json").toFile())
                .path("operations");
    }
}
