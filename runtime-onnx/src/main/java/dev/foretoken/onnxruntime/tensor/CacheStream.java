package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A stream over caches of its own, all zeros at first. A cache whose dimensions the first inputs do not tell has one row, and is empty where it
 * grows. Its outputs lie where those of every stream of the graph lie, until the next run of any.
 */
final class CacheStream implements Computation, TensorRuntime.TensorSession {

    private final GraphCall call;
    private final Map<String, String> caches;
    private final Answering answering;
    private final StateBudget budget;
    /** By output. */
    private final Map<String, StateBuffer> states = new HashMap<>();

    /** @param caches input to output */
    CacheStream(GraphCall call, Map<String, String> caches, Answering answering, StateBudget budget) {
        this.call = call;
        this.caches = caches;
        this.answering = answering;
        this.budget = budget;
    }

    @Override
    public List<Tensor> run(List<Tensor> inputs, List<String> outputs) {
        return answering.answer(this, inputs, outputs);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(call.readable(given));
        Map<String, Long> sizes = GivenTensors.sizes(call.inputs(), inputs);
        caches.forEach((in, out) -> inputs.put(
                in,
                states.computeIfAbsent(out, key -> zeros(call.inputs().get(in), sizes))
                        .current()));
        Set<String> needed = new HashSet<>(wanted);
        needed.addAll(caches.values());
        Map<String, Tensor> results = call.run(inputs, needed, (name, bytes) -> {
            StateBuffer state = states.get(name);
            return state == null ? call.place(name, bytes) : state.next(bytes);
        });
        states.forEach((out, state) -> state.accept(results.get(out)));
        return results;
    }

    private StateBuffer zeros(GraphPort port, Map<String, Long> sizes) {
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < port.shape().size(); i++) {
            long fixed = port.shape().get(i);
            Long named = sizes.get(port.dimensions().get(i));
            long unknown = i == 0 ? 1 : 0;
            shape.add(fixed >= 0 ? fixed : named == null ? unknown : named);
        }
        return StateBuffer.zeros(port.name(), port.type(), shape, budget);
    }

    @Override
    public void close() {
        states.values().forEach(StateBuffer::close);
        states.clear();
    }
}
