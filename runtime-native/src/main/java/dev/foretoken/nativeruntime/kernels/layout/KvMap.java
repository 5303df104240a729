package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A layer's keys and values as linear maps of others. What is in the outputs of both products afterwards is undefined.
 *
 * @param keys fp32 [tokens, kvHeads, keyDim]; turned before they are stored
 * @param values fp32 [tokens, kvHeads, valueDim]
 * @param layer where they are stored
 * @param batch at which positions
 * @param angles null: keys are not turned
 * @param angleRows int32 [tokens]: each token's row of the angles
 */
public record KvMap(
        Product keys,
        Product values,
        KvLayer layer,
        RaggedBatch batch,
        @Nullable RotaryTable angles,
        MemorySegment angleRows) {
    public KvMap {
        KvFormat format = layer.format();
        require("keys", keys, format.heads() * format.keyDim());
        require("values", values, format.heads() * format.valueDim());
    }

    private static void require(String what, Product product, int width) {
        if (product.weights().rows() != width || product.stride() != width) {
            throw new IllegalArgumentException("%s of %d outputs every %d, the cache takes %d"
                    .formatted(what, product.weights().rows(), product.stride(), width));
        }
    }
}
