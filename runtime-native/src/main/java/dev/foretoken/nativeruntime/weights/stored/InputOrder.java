package dev.foretoken.nativeruntime.weights.stored;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a packed matrix has its inputs, where that is not their own: what is multiplied with the matrix has to be put into the same
 * order first. Nothing is rounded by that.
 */
public final class InputOrder {
    private final int[] inputs;

    /** {@code inputs}: a permutation; the input that comes at each place. */
    InputOrder(int[] inputs) {
        this.inputs = inputs.clone();
    }

    public int size() {
        return inputs.length;
    }

    public int inputAt(int place) {
        return inputs[place];
    }

    /**
     * Copies every token's inputs into this order.
     *
     * @param x fp32 [tokens, size]
     * @param out fp32 [tokens, size], may be longer; not x
     */
    public void apply(MemorySegment x, int tokens, MemorySegment out) {
        for (int token = 0; token < tokens; token++) {
            long first = (long) token * inputs.length;
            for (int i = 0; i < inputs.length; i++) {
                out.set(
                        ValueLayout.JAVA_FLOAT_UNALIGNED,
                        (first + i) * Float.BYTES,
                        x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (first + inputs[i]) * Float.BYTES));
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof InputOrder order && Arrays.equals(inputs, order.inputs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(inputs);
    }

    void apply(byte[] codes, byte[] out) {
        for (int i = 0; i < inputs.length; i++) {
            out[i] = codes[inputs[i]];
        }
    }
}
