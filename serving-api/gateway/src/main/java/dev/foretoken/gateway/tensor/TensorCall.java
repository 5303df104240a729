package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.util.List;

/**
 * An inference as a caller wrote it.
 *
 * @param id the caller's own, which comes back with the answer; empty = none
 * @param outputs empty = all
 */
public record TensorCall(String id, CallParameters parameters, List<Tensor> inputs, List<RequestedOutput> outputs) {

    public TensorCall {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    List<String> outputNames() {
        return outputs.stream().map(RequestedOutput::name).toList();
    }
}
