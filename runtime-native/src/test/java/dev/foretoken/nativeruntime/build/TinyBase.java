package dev.foretoken.nativeruntime.build;

import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.ModelSource;
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
import java.util.TreeMap;
import java.util.stream.Stream;

/** A base with random weights, some of which a test puts in place, and orders to build of it. */
public class TinyBase implements AutoCloseable {

    private final Path folder;
    private final ChangedWeights weights = new ChangedWeights(new RandomWeights("tiny"));
    private final ModelPlan plan;
    private int builds;

    /**
     * @param folder for what is built
     * @param config as in {@code config.json}
     */
    protected TinyBase(Path folder, String config) {
        this.folder = folder;
        this.plan = PlanReader.read(config.getBytes(StandardCharsets.UTF_8));
    }

    /** Of a model of four blocks; {@code more}: fields, each ending in a comma. */
    public static String config(String type, String more, int vocabulary) {
        return """
                {"model_type": "%s", %s "hidden_size": 32, "intermediate_size": 96, "num_hidden_layers": 4,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": %d, "max_position_embeddings": 128}
                """.formatted(type, more, vocabulary);
    }

    public final ModelPlan plan() {
        return plan;
    }

    private MatrixRef ref(String tensor) {
        return plan.matrices().stream()
                .filter(ref -> ref.tensor().equals(tensor))
                .findFirst()
                .orElseThrow();
    }

    public final float[] numbers(String tensor) {
        return new WeightNumbers(weights).matrix(ref(tensor));
    }

    public final void put(String tensor, float[] numbers) {
        weights.put(tensor, ref(tensor).shape(), numbers);
    }

    public final void copyVector(String from, String to) {
        float[] numbers = plan.vectors().stream()
                .filter(vector -> vector.tensor().equals(from))
                .findFirst()
                .map(new WeightNumbers(weights)::vector)
                .orElseThrow();
        weights.put(to, List.of((long) numbers.length), numbers);
    }

    /** Adds nothing to the residual stream. */
    public final void silence(String tensor) {
        put(tensor, new float[numbers(tensor).length]);
    }

    /** Where a build writes, and what it leaves for the next one. */
    public record Order(Path output, Path scratch) {
        /** What was written, by name. */
        public Map<String, byte[]> files() throws IOException {
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
    public final Order order() throws IOException {
        int number = builds++;
        return new Order(
                Files.createDirectory(folder.resolve("output" + number)),
                Files.createDirectory(folder.resolve("scratch" + number)));
    }

    protected final BuildJob job(
            VariantBuilder builder,
            Order order,
            Map<String, String> parameters,
            List<int[]> texts,
            int threads,
            BuildWatch watch) {
        BuildOrder ordered = new BuildOrder(
                new ModelSource("base", URI.create("random:tiny"), ""),
                builder.method().name(),
                parameters,
                texts,
                order.output(),
                order.scratch(),
                threads);
        return new BuildJob(ordered, BuildParameters.of(builder.method(), parameters), plan, weights, watch);
    }

    /** Says after so many steps that the build was cancelled. */
    public static final class Watch implements BuildWatch {
        private final int most;
        private int steps;

        public Watch(int most) {
            this.most = most;
        }

        public int steps() {
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
    public final void close() {
        weights.close();
    }
}
