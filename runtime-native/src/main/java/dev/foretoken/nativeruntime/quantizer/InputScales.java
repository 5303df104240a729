package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.List;

/** By what each input of a site is divided and its columns multiplied before they are rounded, which changes nothing but the rounding. */
interface InputScales {

    /**
     * One above 0 for each input.
     *
     * @param weights of the site's matrices, [rows * inputs] each
     */
    float[] of(InputStatistics inputs, List<float[]> weights, Workers workers);
}
