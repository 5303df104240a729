package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;

/** Reads weights as numbers: those of the base, and those that earlier operations made. */
public interface WeightReader {

    /** fp32 [rows * columns], row by row. */
    float[] matrix(MatrixRef ref);

    /** fp32 [size]. */
    float[] vector(VectorRef ref);
}
