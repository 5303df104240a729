package dev.foretoken.nativeruntime.weights.stored;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** An int32 tensor of two dimensions, written field by field. */
final class Words {
    private final int[][] words;
    private final int bits;

    Words(int rows, int columns, int bits) {
        this.words = new int[rows][columns];
        this.bits = bits;
    }

    void put(int row, int column, int slot, int value) {
        words[row][column] |= value << slot * bits;
    }

    void subtractOneOfEach() {
        int ones = bits == 4 ? 0x11111111 : 0x01010101;
        for (int[] row : words) {
            for (int i = 0; i < row.length; i++) {
                row[i] -= ones;
            }
        }
    }

    StoredTensor tensor(String name) {
        int[] flat = java.util.Arrays.stream(words)
                .flatMapToInt(java.util.Arrays::stream)
                .toArray();
        return new StoredTensor(
                name,
                StoredType.I32,
                List.of((long) words.length, (long) words[0].length),
                Tensors.bytes(MemorySegment.ofArray(flat)));
    }
}
