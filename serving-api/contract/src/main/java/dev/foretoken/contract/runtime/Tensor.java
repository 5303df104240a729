package dev.foretoken.contract.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A named tensor. {@code data}: dense, row-major, little-endian; read-only for the receiver. */
public record Tensor(String name, ElementType type, List<Long> shape, MemorySegment data) {
    public Tensor {
        shape = List.copyOf(shape);
    }
}
