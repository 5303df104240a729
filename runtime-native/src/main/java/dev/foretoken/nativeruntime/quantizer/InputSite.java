package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole tensors that are multiplied with one input.
 *
 * @param matrices in order of use, each once
 * @param source what the input can be scaled by without another change to the model; null: nothing
 */
record InputSite(List<MatrixRef> matrices, @Nullable Source source) {

    InputSite {
        matrices = List.copyOf(matrices);
    }

    int inputs() {
        return matrices.getFirst().columns();
    }

    /** What makes every element of an input separately, so that a factor of the element can go into it. */
    sealed interface Source {}

    /** The vectors of a norm: whole tensors. */
    record NormSource(List<VectorRef> vectors) implements Source {}

    /** The outputs of another matrix of the block, and its bias or null. */
    record RowSource(MatrixRef matrix, @Nullable VectorRef bias) implements Source {}
}
