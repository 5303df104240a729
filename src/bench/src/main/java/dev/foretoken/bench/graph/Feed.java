package dev.foretoken.bench.graph;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** An input of zeros: what they cost does not depend on their values, and zeros are in the range of every index. */
record Feed(String name, ElementType type, long[] shape, MemorySegment data) {

    /** @param sizes of named dimensions of any size; 1 for those that it lacks */
    static List<Feed> of(List<GraphPort> ports, Map<String, Long> sizes, Arena arena) {
        return ports.stream().map(port -> of(port, sizes, arena)).toList();
    }

    private static Feed of(GraphPort port, Map<String, Long> sizes, Arena arena) {
        if (port.type() == ElementType.BYTES) {
            throw new IllegalArgumentException("input %s takes strings, which are not measured".formatted(port.name()));
        }
        long[] shape = new long[port.shape().size()];
        long bytes = port.type().bytes();
        for (int i = 0; i < shape.length; i++) {
            long size = port.shape().get(i);
            shape[i] = size >= 0 ? size : sizes.getOrDefault(port.dimensions().get(i), 1L);
            bytes *= shape[i];
        }
        return new Feed(port.name(), port.type(), shape, arena.allocate(bytes, 64));
    }
}
