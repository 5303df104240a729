package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.nativeruntime.build.TinyBase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A model of four blocks, and builds of predictions for it. */
final class TinyPair extends TinyBase {

    static final int WIDTH = 16;
    private static final int VOCABULARY = 200;

    private final ModelOpener opener;

    /** {@code folder}: for what is built. */
    TinyPair(Path folder) {
        this(folder, config("llama", ""), (path, base, basePlan) -> {
            throw new AssertionError("nothing is to be opened");
        });
    }

    TinyPair(Path folder, String config, ModelOpener opener) {
        super(folder, config);
        this.opener = opener;
    }

    /** {@code more}: fields, each ending in a comma. */
    static String config(String type, String more) {
        return config(type, more, VOCABULARY);
    }

    /** As many of one length, so that folds have enough. */
    static List<int[]> texts() {
        Random random = new Random(1);
        return IntStream.range(0, 11)
                .mapToObj(i -> random.ints(20 + i, 0, VOCABULARY).toArray())
                .toList();
    }

    BuildResult build(Order order, Map<String, String> parameters) {
        return build(order, parameters, texts(), 1, new Watch(Integer.MAX_VALUE));
    }

    BuildResult build(Order order, Map<String, String> parameters, List<int[]> texts, int threads, BuildWatch watch) {
        PredictionBuilder builder = new PredictionBuilder(opener);
        return builder.build(job(builder, order, parameters, texts, threads, watch));
    }
}
