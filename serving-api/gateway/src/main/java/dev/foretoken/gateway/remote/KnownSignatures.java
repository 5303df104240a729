package dev.foretoken.gateway.remote;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.TensorSignature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a pod's models take, asked of the pod once for each stay of a model in it. One thread tells what the pod reports, any may ask.
 *
 * <p>A report may be older than an answer of the pod, never newer. So an answer counts for the stay that was known before the question: where
 * the model had changed by then, the next report says so.
 */
final class KnownSignatures {

    /** A model from one change that its pod reports to the next; told apart by identity, for a pod that comes back may report the same again. */
    private static final class Stay {
        private final ModelInfo info;

        private Stay(ModelInfo info) {
            this.info = info;
        }

        private boolean goesOn(ModelInfo other) {
            return info.state() == other.state()
                    && info.standing().loadedAt().equals(other.standing().loadedAt())
                    && info.sizes().equals(other.sizes())
                    && info.computation().equals(other.computation());
        }
    }

    private record Known(Stay stay, TensorSignature signature) {}

    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private volatile Map<String, Stay> stays = Map.of();

    /** The pod has reported. */
    void reported(List<ModelInfo> models) {
        Map<String, Stay> before = stays;
        Map<String, Stay> now = new HashMap<>();
        for (ModelInfo model : models) {
            Stay stay = before.get(model.name());
            now.put(model.name(), stay != null && stay.goesOn(model) ? stay : new Stay(model));
        }
        stays = Map.copyOf(now);
        known.keySet().retainAll(now.keySet());
    }

    /** The pod cannot be reached; it may come back with other models. */
    void lost() {
        stays = Map.of();
        known.clear();
    }

    TensorSignature of(String model, Function<String, TensorSignature> pod) {
        Stay stay = stays.get(model);
        if (stay == null) {
            return pod.apply(model);
        }
        Known there = known.get(model);
        if (there != null && there.stay() == stay) {
            return there.signature();
        }
        TensorSignature signature = pod.apply(model);
        known.put(model, new Known(stay, signature));
        return signature;
    }
}
