package dev.foretoken.registry.safetensors;

import java.util.List;

/**
 * An entry of a safetensors header.
 *
 * @param begin first byte in the data section
 * @param end one past the last byte
 */
public record TensorEntry(String name, TensorType type, List<Long> shape, long begin, long end) {
    public TensorEntry {
        shape = List.copyOf(shape);
    }

    public long bytes() {
        return end - begin;
    }
}
