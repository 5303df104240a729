package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.util.List;

/**
 * An inference as a caller wrote it.
 *
 * @param id the caller's own, which comes back with the answer; empty = none
 * @param outputs empty = all
 */
public record InferOrder(String id, CallParameters parameters, List<Tensor> inputs, List<RequestedOutput> outputs) {

    public InferOrder {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    boolean classifies() {
        return outputs.stream().anyMatch(output -> output.classes() > 0);
    }

    /** How many of its highest scores are wanted in the place of an output; 0 = the output itself. */
    int classes(String name) {
        return outputs.stream()
                .filter(output -> output.name().equals(name))
                .mapToInt(RequestedOutput::classes)
                .sum();
    }

    List<String> outputNames() {
        return outputs.stream().map(RequestedOutput::name).toList();
    }
}
