package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The weights of a block while inputs are scaled: what makes an input is divided, the columns that read it are multiplied. */
final class ScaledBlock {

    private final BlockInputs block;
    private final Function<String, StoredTensor> stored;
    private final Map<MatrixRef, float[]> matrices = new LinkedHashMap<>();
    private final Map<InputSite, float[]> scales = new LinkedHashMap<>();
    private final List<StoredTensor> vectors = new ArrayList<>();

    /** {@code stored}: tensors of the base, by name. */
    ScaledBlock(BlockInputs block, Function<String, StoredTensor> stored) {
        this.block = block;
        this.stored = stored;
        for (InputSite site : block.sites()) {
            site.matrices().forEach(whole -> matrices.put(whole, block.weights(whole)));
        }
    }

    /** Finds and applies scales wherever an input has a source; those that change rows of other matrices first. */
    void scale(InputScales choice) {
        for (InputSite site : block.sites()) {
            if (site.source() instanceof InputSite.RowSource source) {
                float[] found = choice(choice, site);
                scales.put(site, found);
                matrices.compute(
                        source.matrix(),
                        (ref, rows) -> ScaledColumns.rowsDividedBy(Objects.requireNonNull(rows), found));
                VectorRef bias = source.bias();
                if (bias != null) {
                    divide(bias, found);
                }
            }
        }
        for (InputSite site : block.sites()) {
            if (site.source() instanceof InputSite.NormSource source) {
                scales.put(site, divide(source, choice(choice, site)));
            }
        }
    }

    private float[] choice(InputScales choice, InputSite site) {
        InputStatistics inputs = Objects.requireNonNull(block.statistics(site));
        return choice.of(inputs, site.matrices().stream().map(this::target).toList(), block.workers());
    }

    /** Returns what the norm was in fact divided by, after its weights were rounded to what is stored. */
    private float[] divide(InputSite.NormSource source, float[] wanted) {
        float[] exact = new float[wanted.length];
        Arrays.fill(exact, 1);
        for (VectorRef vector : source.vectors()) {
            float[] factors = divide(vector, wanted);
            if (vector.equals(source.vectors().getFirst())) {
                exact = factors;
            }
        }
        return exact;
    }

    private float[] divide(VectorRef vector, float[] wanted) {
        float[] before = block.vector(vector);
        float[] after = new float[before.length];
        for (int i = 0; i < after.length; i++) {
            after[i] = before[i] / wanted[i] - vector.plus();
        }
        StoredTensor rounded = Vectors.like(Objects.requireNonNull(stored.apply(vector.tensor())), after);
        vectors.add(rounded);
        float[] read = Vectors.numbers(rounded);
        float[] exact = new float[read.length];
        for (int i = 0; i < exact.length; i++) {
            float factor = before[i] / (read[i] + vector.plus());
            exact[i] = factor > 0 && Float.isFinite(factor) ? factor : 1;
        }
        return exact;
    }

    /** Norms and biases that were divided, as they are stored. */
    List<StoredTensor> vectors() {
        return vectors;
    }

    /** What the matrix stands for, its own rows divided and its columns as they were. */
    float[] target(MatrixRef whole) {
        return Objects.requireNonNull(matrices.get(whole));
    }

    /** By what the site's inputs are divided. */
    float[] scales(InputSite site) {
        float[] own = scales.get(site);
        if (own == null) {
            own = new float[site.inputs()];
            Arrays.fill(own, 1);
        }
        return own;
    }
}
