package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * What to draw, one entry per row of logits. Token i has weight {@code exp((logit_i - max) * inverseTemperature)} if
 * {@code logit_i >= floor}, else none; the token drawn is the first whose running sum exceeds {@code uniform * total}.
 *
 * @param inverseTemperature fp32 [rows], positive
 * @param floor fp32 [rows]; negative infinity keeps all. Covers min_p ({@code max + log(min_p) / inverseTemperature}) and a threshold found
 *     by top-k
 * @param uniform fp32 [rows] in [0, 1)
 * @param ids int32 [rows], written
 */
public record SampleRequest(
        MemorySegment inverseTemperature, MemorySegment floor, MemorySegment uniform, MemorySegment ids) {}
