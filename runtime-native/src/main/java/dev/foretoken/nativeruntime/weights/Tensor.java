package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.weights.stored.StoredType;
import java.util.List;

/**
 * An entry of a safetensors header.
 *
 * @param begin first byte in the data section
 * @param end one past the last byte
 */
record Tensor(String name, StoredType type, List<Long> shape, long begin, long end) {
    Tensor {
        shape = List.copyOf(shape);
    }

    long bytes() {
        return end - begin;
    }
}
