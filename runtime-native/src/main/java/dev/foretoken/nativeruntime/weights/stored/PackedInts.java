package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Unsigned integers of 4 or 8 bits, one for each output and input (or group of inputs), packed into 32-bit words.
 *
 * @param packed which of the two dimensions the fields of a word lie along
 * @param outputStride words from one output, or one word of outputs, to the next
 * @param inputStride words from one input, or one word of inputs, to the next
 * @param slots the field, counted from the lowest bits, of each element of a word
 * @param added to every word before its fields are cut out, carries included
 */
record PackedInts(
        MemorySegment words, int bits, Dimension packed, long outputStride, long inputStride, int[] slots, int added) {

    enum Dimension {
        OUTPUTS,
        INPUTS
    }

    private static final int[] IN_ORDER = {0, 1, 2, 3, 4, 5, 6, 7};

    static PackedInts inOrder(
            StoredTensor tensor, int bits, Dimension packed, long outputStride, long inputStride, int added) {
        return new PackedInts(tensor.data(), bits, packed, outputStride, inputStride, IN_ORDER, added);
    }

    /** Elements of one word. */
    static int perWord(int bits) {
        return Integer.SIZE / bits;
    }

    /** {@code size}, a dimension of the matrix, fills whole words, or MODEL_UNSUPPORTED. */
    static void requireWholeWords(MatrixRef ref, int bits, int size) {
        if (size % perWord(bits) != 0) {
            throw StoredTensors.unsupported("matrix %s is [%d, %d]; packed with %d bits, both must be multiples of %d"
                    .formatted(ref.tensor(), ref.rows(), ref.columns(), bits, perWord(bits)));
        }
    }

    int at(int output, int input) {
        int along = packed == Dimension.OUTPUTS ? output : input;
        return field(word(output, input), along & perWord(bits) - 1);
    }

    /** The numbers of one output; {@code into}: [inputs]. */
    void read(int output, byte[] into) {
        int step = packed == Dimension.OUTPUTS ? 1 : perWord(bits);
        int first = packed == Dimension.OUTPUTS ? output & perWord(bits) - 1 : 0;
        for (int input = 0; input < into.length; input += step) {
            int word = word(output, input);
            for (int i = 0; i < Math.min(step, into.length - input); i++) {
                into[input + i] = (byte) field(word, first + i);
            }
        }
    }

    private int word(int output, int input) {
        int shift = Integer.numberOfTrailingZeros(perWord(bits));
        long index = packed == Dimension.OUTPUTS
                ? (output >>> shift) * outputStride + input * inputStride
                : output * outputStride + (input >>> shift) * inputStride;
        return words.get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES) + added;
    }

    private int field(int word, int element) {
        return word >>> slots[element] * bits & (1 << bits) - 1;
    }
}
