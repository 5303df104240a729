package dev.foretoken.contract.runtime;

import java.util.List;

/** Declared input or output of a graph; a dimension of -1 takes any size. */
public record TensorSpec(String name, ElementType type, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }
}
