package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product whose matrix depends on the group that a row belongs to.
 *
 * @param weights by member, all of one shape
 * @param biases fp32 [n] by member; empty: none
 * @param out fp32 [rows, n], may be longer; must not overlap the input
 */
public record GroupedProduct(List<WeightMatrix> weights, List<MemorySegment> biases, MemorySegment out) {
    public GroupedProduct {
        weights = List.copyOf(weights);
        biases = List.copyOf(biases);
        int rows = weights.getFirst().rows();
        int columns = weights.getFirst().columns();
        for (WeightMatrix matrix : weights) {
            if (matrix.rows() != rows || matrix.columns() != columns) {
                throw new IllegalArgumentException("a matrix is [%d, %d], the first is [%d, %d]"
                        .formatted(matrix.rows(), matrix.columns(), rows, columns));
            }
        }
        if (!biases.isEmpty() && biases.size() != weights.size()) {
            throw new IllegalArgumentException(
                    "%d biases, must be none or %d".formatted(biases.size(), weights.size()));
        }
        for (MemorySegment bias : biases) {
            Bounds.floats("bias", bias, rows);
        }
    }

    /** n. */
    public int outputs() {
        return weights.getFirst().rows();
    }

    /** k. */
    public int inputs() {
        return weights.getFirst().columns();
    }

    public @Nullable MemorySegment bias(int member) {
        return biases.isEmpty() ? null : biases.get(member);
    }
}
