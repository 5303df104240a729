package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensors;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many elements of every tensor a plan names. Views of one tensor are taken to be apart from each other. */
final class TensorUse {

    private final Map<String, Long> used = new HashMap<>();
    private final Map<String, Long> stored = new LinkedHashMap<>();

    private TensorUse(ModelPlan plan) {
        for (MatrixRef ref : plan.matrices()) {
            add(ref.tensor(), ref.elements(), ref.storedElements());
        }
        for (VectorRef ref : plan.vectors()) {
            add(ref.tensor(), ref.size(), ref.storedElements());
        }
    }

    private void add(String tensor, long elements, long all) {
        used.merge(tensor, elements, Long::sum);
        stored.put(tensor, all);
    }

    /** MODEL_UNSUPPORTED when a part of a tensor means nothing to the plan. */
    static void requireAll(ModelPlan plan) {
        TensorUse use = new TensorUse(plan);
        use.stored.forEach((tensor, all) -> {
            if (use.used.get(tensor) < all) {
                throw StoredTensors.unsupported(
                        "a %s model with this config.json has a use for %d of the %d elements of tensor %s"
                                .formatted(plan.architecture(), use.used.get(tensor), all, tensor));
            }
        });
    }
}
