package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a sequence owns of one network: the kinds of K and V, then the recurrent state where there is one.
 *
 * @param spec of both together
 */
public record CacheLayout(KvLayout kv, StateLayout states, CacheSpec spec) {

    public static CacheLayout of(ModelPlan plan, KvType type) {
        KvLayout kv = KvLayout.of(plan, type);
        StateLayout states = StateLayout.of(plan);
        List<CacheKind> kinds = new ArrayList<>(kv.spec().kinds());
        if (!states.isEmpty()) {
            kinds.add(states.kind());
        }
        return new CacheLayout(kv, states, new CacheSpec(kinds, kv.spec().blockTokens(), states.chunk()));
    }

    /** The kind of the recurrent state, or one that is not there. */
    public int stateKind() {
        return kv.kinds();
    }
}
