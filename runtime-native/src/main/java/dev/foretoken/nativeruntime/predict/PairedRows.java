package dev.foretoken.nativeruntime.predict;

import java.util.List;

/**
 * What both models made of the same tokens. Each: by layer, [tokens][width]; rows of the auxiliary end in a one.
 */
record PairedRows(
        List<double[][]> baseKeys,
        List<double[][]> baseValues,
        List<double[][]> auxiliaryKeys,
        List<double[][]> auxiliaryValues) {}
