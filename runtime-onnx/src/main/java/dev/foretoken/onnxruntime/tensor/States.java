package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state of runs that belong together: each output of it feeds an input of the next run. */
final class States implements AutoCloseable {

    /** By output. */
    private final Map<String, StateBuffer> buffers = new LinkedHashMap<>();

    void add(StateBuffer state) {
        buffers.put(state.output(), state);
    }

    @Nullable
    StateBuffer of(String output) {
        return buffers.get(output);
    }

    /** The named outputs and those that are state. */
    Set<String> and(Set<String> names) {
        if (buffers.isEmpty()) {
            return names;
        }
        Set<String> all = new HashSet<>(names);
        all.addAll(buffers.keySet());
        return all;
    }

    /** Adds the shapes of what the next run reads, by input. */
    void addShapes(Map<String, List<Long>> shapes) {
        buffers.values().forEach(state -> shapes.put(state.input(), state.shape()));
    }

    /** Of what the next run reads. */
    long bytes() {
        return buffers.values().stream().mapToLong(StateBuffer::bytes).sum();
    }

    void unplace() {
        buffers.values().forEach(StateBuffer::unplace);
    }

    void bind(Binding binding) {
        buffers.values().forEach(state -> state.bind(binding));
    }

    void ran(Binding binding) {
        buffers.values().forEach(state -> state.ran(binding));
    }

    /** Puts those of the named outputs that are state beside the others; what lies on a device is copied to {@code places}. */
    void read(Set<String> names, Places places, Map<String, Tensor> results) {
        buffers.forEach((output, state) -> {
            if (names.contains(output)) {
                results.put(output, state.written(places));
            }
        });
    }

    /** Gives back what lies on a device of its own: whatever was read of it is a copy. */
    void closeCopied() {
        buffers.values().stream().filter(state -> !state.isHost()).forEach(StateBuffer::close);
    }

    @Override
    public void close() {
        buffers.values().forEach(StateBuffer::close);
        buffers.clear();
    }
}
