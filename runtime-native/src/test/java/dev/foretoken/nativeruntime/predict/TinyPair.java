package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
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
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A base with random weights, some of which a test puts in place, and builds of predictions for it. */
final class TinyPair implements AutoCloseable {

    static final int WIDTH = 16;
    private static final int VOCABULARY = 200;

    private final Path folder;
    private final ChangedWeights weights = new ChangedWeights(new RandomWeights("tiny"));
    private final ModelPlan plan;
    private final ModelOpener opener;
    private int builds;

    /** {@code folder}: for what is built. */
    TinyPair(Path folder) {
        this(folder, config("llama", ""), (path, base, basePlan) -> {
            throw new AssertionError("nothing is to be opened");
        });
    }

    TinyPair(Path folder, String config, ModelOpener opener) {
        this.folder = folder;
        this.plan = PlanReader.read(config.getBytes(StandardCharsets.UTF_8));
        this.opener = opener;
    }

    /** Of a model of four blocks; {@code more}: fields, each ending in a comma. */
    static String config(String type, String more) {
        return """
                {"model_type": "%s", %s "hidden_size": 32, "intermediate_size": 96, "num_hidden_layers": 4,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 200, "max_position_embeddings": 128}
                """.formatted(type, more);
    }

    ModelPlan plan() {
        return plan;
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

    void copyVector(String from, String to) {
        float[] numbers = plan.vectors().stream()
                .filter(vector -> vector.tensor().equals(from))
                .findFirst()
                .map(new WeightNumbers(weights)::vector)
                .orElseThrow();
        weights.put(to, List.of((long) numbers.length), numbers);
    }

    /** Adds nothing to the residual stream. */
    void silence(String tensor) {
        put(tensor, new float[numbers(tensor).length]);
    }

    /** As many of one length, so that folds have enough. */
    static List<int[]> texts() {
        Random random = new Random(1);
        return IntStream.range(0, 11)
                .mapToObj(i -> random.ints(20 + i, 0, VOCABULARY).toArray())
                .toList();
    }

    /** Where a build writes, and what it leaves for the next one. */
    record Order(Path output, Path scratch) {
        Map<String, byte[]> files() throws IOException {
            Map<String, byte[]> files = new TreeMap<>();
            try (Stream<Path> found = Files.list(output)) {
                for (Path path : found.toList()) {
                    files.put(path.getFileName().toString(), Files.readAllBytes(path));
                }
            }
            return files;
        }
    }

    /** Folders of a new build. */
    Order order() throws IOException {
        int number = builds++;
        return new Order(
                Files.createDirectory(folder.resolve("output" + number)),
                Files.createDirectory(folder.resolve("scratch" + number)));
    }

    BuildResult build(Order order, Map<String, String> parameters) {
        return build(order, parameters, texts(), 1, new Watch(Integer.MAX_VALUE));
    }

    BuildResult build(Order order, Map<String, String> parameters, List<int[]> texts, int threads, BuildWatch watch) {
        PredictionBuilder builder = new PredictionBuilder(opener);
        BuildOrder ordered = new BuildOrder(
                new ModelSource("base", URI.create("random:tiny"), ""),
                "kvp",
                parameters,
                texts,
                order.output(),
                order.scratch(),
                threads);
        return builder.build(
                new BuildJob(ordered, BuildParameters.of(builder.method(), parameters), plan, weights, watch));
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
