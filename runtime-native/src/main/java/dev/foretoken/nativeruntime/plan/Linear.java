package dev.foretoken.nativeruntime.plan;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = scale * (weight x + addition x) + biasScale * bias}.
 *
 * @param scale not 0
 */
public record Linear(
        Weight weight,
        @Nullable VectorRef bias,
        float scale,
        float biasScale,
        @Nullable LowRank addition) {

    /** {@code y = weight x + bias}. */
    public Linear(Weight weight, @Nullable VectorRef bias) {
        this(weight, bias, 1, 1, null);
    }

    public int outputs() {
        return weight.rows();
    }

    public int inputs() {
        return weight.columns();
    }

    /** Everything of tensors that it multiplies with. */
    public List<MatrixRef> matrices() {
        return both(weight.matrices(), addition == null ? List.of() : addition.matrices());
    }

    /** What is packed for it, in an order that cuts keep. */
    public List<Matrix> packed() {
        return both(weight.packed(), addition == null ? List.of() : addition.packed());
    }

    private static <T> List<T> both(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** The weight, which is known to be a view of one tensor. */
    public MatrixRef matrix() {
        if (weight instanceof MatrixRef ref) {
            return ref;
        }
        throw new IllegalStateException(weight + " is not a view of one tensor");
    }

    /** Some of the outputs, from {@code first} on. */
    public Linear outputs(int first, int count) {
        LowRank added = addition;
        return new Linear(
                weight.rows(first, count),
                bias == null ? null : bias.slice(first, count),
                scale,
                biasScale,
                added == null ? null : added.rows(first, count));
    }

    /** {@code count} outputs: {@code size} from {@code first} on, as many {@code step} outputs behind them, and so on. */
    public Linear outputBlocks(int first, int size, int step, int count) {
        LowRank added = addition;
        return new Linear(
                matrix().rowBlocks(first, size, step, count),
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
                added == null ? null : added.columns(first, count));
    }

    public Linear with(LowRank other) {
        return new Linear(weight, bias, scale, biasScale, other);
    }

    public Linear withWeight(Weight other) {
        return new Linear(other, bias, scale, biasScale, addition);
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
