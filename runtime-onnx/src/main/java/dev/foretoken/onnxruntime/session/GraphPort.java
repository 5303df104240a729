package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.List;

/**
 * An input or output of a graph.
 *
 * @param shape -1 for a dimension of any size
 * @param dimensions names of the dimensions, empty where one has none: dimensions of equal names have equal sizes
 */
public record GraphPort(String name, ElementType type, List<Long> shape, List<String> dimensions) {
    public GraphPort {
        shape = List.copyOf(shape);
        dimensions = List.copyOf(dimensions);
    }

    public TensorSpec spec() {
        return new TensorSpec(name, type, shape);
    }
}
