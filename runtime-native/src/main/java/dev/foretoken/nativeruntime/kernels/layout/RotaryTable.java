package dev.foretoken.nativeruntime.kernels.layout;

import dev.foretoken.nativeruntime.plan.RotaryPairing;
import java.lang.foreign.MemorySegment;

/**
 * Rotation angles by position. Every rotary scaling type is expressed by the caller in these tables (inverse frequencies, attention
 * factor multiplied into both).
 *
 * @param positions rows of both tables
 * @param half rotated pairs per head; elements from 2 * half on stay as they are
 * @param cosine fp32 [positions, half]
 * @param sine fp32 [positions, half]
 */
public record RotaryTable(int positions, int half, MemorySegment cosine, MemorySegment sine, RotaryPairing pairing) {
    public RotaryTable {
        Bounds.positive("positions", positions);
        Bounds.positive("half", half);
        Bounds.floats("cosine", cosine, (long) positions * half);
        Bounds.floats("sine", sine, (long) positions * half);
    }

    /** Of halves. */
    public RotaryTable(int positions, int half, MemorySegment cosine, MemorySegment sine) {
        this(positions, half, cosine, sine, RotaryPairing.HALVES);
    }
}
