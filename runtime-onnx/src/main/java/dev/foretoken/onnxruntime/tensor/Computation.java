package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.util.Map;
import java.util.Set;

/** Makes outputs of inputs that were checked; both by name. */
@FunctionalInterface
interface Computation {

    /** What comes back is valid until the next run; it may be more than what was wanted. */
    Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted);
}
