package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * One run of a graph.
 *
 * @param service {@code timeout}: until the run begins, or the last iteration of a loop
 * @param inputs any order; in memory that every thread may read (heap, automatic, shared or global) and that stays as it is until the answer.
 *     Native memory saves a copy
 * @param outputs names of those wanted, in the order of the answer; empty = all
 * @param session of a graph with caches
 */
public record TensorRequest(
        String model,
        RequestIdentity identity,
        ServiceLevel service,
        List<Tensor> inputs,
        List<String> outputs,
        Optional<SessionUse> session) {
    public TensorRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Without a session, of all outputs. */
    public static TensorRequest of(String model, RequestIdentity identity, List<Tensor> inputs) {
        return new TensorRequest(model, identity, ServiceLevel.DEFAULT, inputs, List.of(), Optional.empty());
    }

    public TensorRequest withOutputs(List<String> names) {
        return new TensorRequest(model, identity, service, inputs, names, session);
    }

    public TensorRequest withService(ServiceLevel level) {
        return new TensorRequest(model, identity, level, inputs, outputs, session);
    }

    public TensorRequest withSession(SessionUse use) {
        return new TensorRequest(model, identity, service, inputs, outputs, Optional.of(use));
    }
}
