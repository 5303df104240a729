package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What lies between a caller's tensors and a computation: checks before it, and what is made of its outputs behind it. */
final class Answering {

    private final TensorSignature signature;
    private final GivenTensors checks;
    private final Head head;

    Answering(TensorSignature signature, GivenTensors checks, Head head) {
        this.signature = signature;
        this.checks = checks;
        this.head = head;
    }

    List<Tensor> answer(Computation computation, List<Tensor> inputs, List<String> outputs) {
        Map<String, Tensor> given = checks.check(inputs);
        List<String> wanted = outputs.isEmpty() ? all() : outputs;
        Set<String> needed = new HashSet<>();
        for (String name : wanted) {
            if (signature.output(name).isEmpty()) {
                throw ForetokenException.invalid(
                        name, "Tensor %s is no output of this model, which makes %s".formatted(name, all()));
            }
            needed.add(name.equals(head.output()) ? head.source() : name);
        }
        Map<String, Tensor> results = new HashMap<>(computation.run(given, needed));
        if (wanted.contains(head.output())) {
            results.put(head.output(), head.derive(results.get(head.source()), given));
        }
        return wanted.stream().map(results::get).toList();
    }

    private List<String> all() {
        return signature.outputs().stream().map(TensorSpec::name).toList();
    }
}
