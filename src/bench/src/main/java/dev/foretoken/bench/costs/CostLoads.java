package dev.foretoken.bench.costs;

import dev.foretoken.bench.engine.BatchSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Loads that together make steps of every kind. Of {@code rows} sequences that come at once, one after the other has read its prompt and answers
 * beside the prompts of the rest, all answer together for a while, and one after the other ends; single prompts have their steps for themselves.
 */
final class CostLoads {
    /** Steps in which all sequences answer. */
    private static final int TOGETHER = 16;
    /** Single prompts of each length: there is a step or two of each. */
    private static final int ALONE = 4;

    private final List<BatchSpec> specs;

    private CostLoads(List<BatchSpec> specs) {
        this.specs = List.copyOf(specs);
    }

    /**
     * @param contexts tokens of the prompts
     * @param besideDecode prompt tokens that a step reads beside answers
     * @param most tokens of a sequence
     */
    static CostLoads of(String model, int rows, List<Integer> contexts, int besideDecode, int most) {
        List<BatchSpec> specs = new ArrayList<>();
        for (int context : contexts) {
            long untilAllAnswer = rows * Math.ceilDiv((long) context, besideDecode);
            int generate = (int) Math.min(untilAllAnswer + TOGETHER, most - context);
            specs.add(new BatchSpec(model, context, generate, rows, 0));
            specs.addAll(Collections.nCopies(ALONE, new BatchSpec(model, context, 2, 1, 0)));
        }
        return new CostLoads(specs);
    }

    /** Tokens that a sequence behind {@code context} has to have room for. */
    static int needed(int context) {
        return context + TOGETHER;
    }

    /** Tokens that one round generates. */
    long tokens() {
        return specs.stream()
                .mapToLong(spec -> (long) spec.batch() * spec.generate())
                .sum();
    }

    /** In an order of its own, so that no load always follows the same one. */
    List<BatchSpec> round(Random random) {
        List<BatchSpec> mixed = new ArrayList<>(specs);
        Collections.shuffle(mixed, random);
        return mixed;
    }
}
