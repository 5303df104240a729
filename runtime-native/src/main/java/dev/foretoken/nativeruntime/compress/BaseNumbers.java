package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.recipe.WeightReader;
import dev.foretoken.nativeruntime.weights.WeightNumbers;

/** The weights of a base, of which new tensors are made. */
record BaseNumbers(WeightNumbers base) implements WeightReader {

    @Override
    public float[] matrix(MatrixRef ref) {
        return base.matrix(ref);
    }

    @Override
    public float[] vector(VectorRef ref) {
        return base.vector(ref);
    }
}
