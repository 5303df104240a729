package dev.foretoken.nativeruntime.compress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.ChangedWeights;
import dev.foretoken.nativeruntime.weights.RandomWeights;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A llama of four blocks with random weights, some of which a test puts in place, and orders to build of it. */
final class TinyBuild implements AutoCloseable {

    static final int HIDDEN = 32;
    static final int INNER = 96;
    static final int BLOCKS = 4;
    private static final int VOCABULARY = 40;

    private final Path folder;
    private final ChangedWeights weights = new ChangedWeights(new RandomWeights("tiny"));
    private final ModelPlan plan;
    private int builds;

    /** {@code folder}: for what is built. */
    TinyBuild(Path folder) {
        this.folder = folder;
        this.plan = PlanReader.read("""
                {"model_type": "llama", "hidden_size": 32, "intermediate_size": 96, "num_hidden_layers": 4,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 40, "max_position_embeddings": 128}
                """.getBytes(StandardCharsets.UTF_8));
    }

    ModelPlan plan() {
        return plan;
    }

    static String attention(int block, String map) {
        return "model.layers.%d.self_attn.%s_proj.weight".formatted(block, map);
    }

    static String mlp(int block, String map) {
        return "model.layers.%d.mlp.%s_proj.weight".formatted(block, map);
    }

    private MatrixRef ref(String tensor) {
        return plan.matrices().stream()
                .filter(ref -> ref.tensor().equals(tensor))
                .findFirst()
                .orElseThrow();
    }

    float[] numbers(String tensor) {
        return new WeightNumbers(weights).matrix(ref(tensor));
    }

    void put(String tensor, float[] numbers) {
        weights.put(tensor, ref(tensor).shape(), numbers);
    }

    /** Adds nothing to the residual stream. */
    void silence(String tensor) {
        put(tensor, new float[numbers(tensor).length]);
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

    /** Folders of a new build. */
    Order order() throws IOException {
        int number = builds++;
        return new Order(
                Files.createDirectory(folder.resolve("output" + number)),
                Files.createDirectory(folder.resolve("scratch" + number)));
    }

    /** Where a build writes, and what it leaves for the next one. */
    record Order(Path output, Path scratch) {
        JsonNode operations() throws IOException {
            return new ObjectMapper()
                    .readTree(output.resolve("recipe.json").toFile())
                    .path("operations");
        }
    }

    BuildJob job(VariantBuilder builder, Order order, Map<String, String> parameters, int threads, BuildWatch watch) {
        BuildOrder ordered = new BuildOrder(
                new ModelSource("base", URI.create("random:tiny"), ""),
                builder.method().name(),
                parameters,
                texts(),
                order.output(),
                order.scratch(),
                threads);
        return new BuildJob(ordered, BuildParameters.of(builder.method(), parameters), plan, weights, watch);
    }

    BuildResult build(VariantBuilder builder, Order order, Map<String, String> parameters) {
        return builder.build(job(builder, order, parameters, 1, new Watch(Integer.MAX_VALUE)));
    }

    /** Builds and reads the operations of the recipe. */
    JsonNode operations(VariantBuilder builder, Map<String, String> parameters) throws IOException {
        Order order = order();
        build(builder, order, parameters);
        return order.operations();
    }

    /** Says after so many steps that the build was cancelled. */
    static final class Watch implements BuildWatch {
        private final int most;
        private int steps;

        Watch(int most) {
            this.most = most;
        }

        int steps() {
            return steps;
        }

        @Override
        public void progress(String stage, long done, long total) {
            steps++;
        }

        @Override
        public void log(String line) {}

        @Override
        public boolean cancelled() {
            return steps >= most;
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}
