package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.ArrayList;
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
    private final StateBuffer.Source memory;
    private final States states = new States();
    private boolean begun;

    /** @param caches input to output */
    CacheStream(GraphCall call, Map<String, String> caches, Answering answering, StateBudget budget) {
        this.call = call;
        this.caches = caches;
        this.answering = answering;
        this.memory = new StateBuffer.Source(call::allocate, budget);
    }

    @Override
    public List<Tensor> run(List<Tensor> inputs, List<String> outputs) {
        return answering.answer(this, inputs, outputs);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted) {
        Map<String, Tensor> inputs = call.readable(given);
        if (!begun) {
            begin(call.sizes(inputs, states));
        }
        Map<String, Tensor> results = call.run(inputs, wanted, states);
        call.read(states, wanted, results);
        return results;
    }

    /** One that failed for want of memory goes on where it was: what it took is counted. */
    private void begin(Map<String, Long> sizes) {
        caches.forEach((in, out) -> {
            if (states.of(out) == null) {
                states.add(zeros(call.inputs().get(in), call.outputs().get(out), sizes));
            }
        });
        begun = true;
    }

    private StateBuffer zeros(GraphPort input, GraphPort output, Map<String, Long> sizes) {
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < input.shape().size(); i++) {
            long fixed = input.shape().get(i);
            Long named = sizes.get(input.dimensions().get(i));
            long unknown = i == 0 ? 1 : 0;
            shape.add(fixed >= 0 ? fixed : named == null ? unknown : named);
        }
        return StateBuffer.zeros(memory, input, output, shape);
    }

    @Override
    public void close() {
        states.close();
    }
}
