package dev.foretoken.registry.gguf;

import java.util.List;

/**
 * An entry of the tensor table.
 *
 * @param dimensions as the format orders them: the contiguous one first, so a matrix is [columns, rows]
 * @param offset of its first byte in the file
 * @param bytes it takes
 */
public record GgufTensor(String name, List<Long> dimensions, GgmlType type, long offset, long bytes) {
    public GgufTensor {
        dimensions = List.copyOf(dimensions);
    }

    /** Whether it is a vector of this length. */
    public boolean isVector(long size) {
        return dimensions.equals(List.of(size));
    }
}
