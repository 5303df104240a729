package dev.foretoken.nativeruntime.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = scale * (weight x + addition x) + biasScale * bias}.
 *
 * @param scale not 0
 */
public record Linear(
        MatrixRef weight,
        @Nullable VectorRef bias,
        float scale,
        float biasScale,
        @Nullable LowRank addition) {

    /** {@code y = weight x + bias}. */
    public Linear(MatrixRef weight, @Nullable VectorRef bias) {
        this(weight, bias, 1, 1, null);
    }

    public int outputs() {
        return weight.rows();
    }

    public int inputs() {
        return weight.columns();
    }

    /** All that are multiplied with. */
    public List<MatrixRef> matrices() {
        LowRank added = addition;
        return added == null ? List.of(weight) : List.of(weight, added.down(), added.up());
    }

    /** Some of the outputs, from {@code first} on. */
    public Linear outputs(int first, int count) {
        LowRank added = addition;
        return new Linear(
                weight.rows(first, count),
                bias == null ? null : bias.slice(first, count),
                scale,
                biasScale,
                added == null ? null : new LowRank(added.down(), added.up().rows(first, count)));
    }

    /** {@code count} outputs: {@code size} from {@code first} on, as many {@code step} outputs behind them, and so on. */
    public Linear outputBlocks(int first, int size, int step, int count) {
        LowRank added = addition;
        return new Linear(
                weight.rowBlocks(first, size, step, count),
                bias == null ? null : bias.blocks(first, size, step, count),
                scale,
                biasScale,
                added == null ? null : new LowRank(added.down(), added.up().rowBlocks(first, size, step, count)));
    }

    /** The same map of some of the inputs. */
    public Linear ofColumns(int first, int count) {
        LowRank added = addition;
        return new Linear(
                weight.columns(first, count),
                bias,
                scale,
                biasScale,
                added == null ? null : new LowRank(added.down().columns(first, count), added.up()));
    }

    public Linear with(LowRank other) {
        return new Linear(weight, bias, scale, biasScale, other);
    }

    /** The same map of an input that is multiplied by a number first. */
    public Linear ofScaledInput(float factor) {
        return new Linear(weight, bias, scale * factor, biasScale, addition);
    }

    /** The same map whose output is multiplied by a number. */
    public Linear withScaledOutput(float factor) {
        return new Linear(weight, bias, scale * factor, biasScale * factor, addition);
    }
}
