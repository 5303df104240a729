package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.nativeruntime.adapters.AdapterSlots;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One network of a model with its caches and all that its steps need. */
final class ComputedPart {

    private final Network network;
    private final Kernels kernels;
    private final StepLimits limits;
    private final CacheLayout layout;
    private final Workspace work;
    private final Binding binding;
    private final StepBatch step;
    private final ForwardPass forward;
    private final @Nullable TokenRounds rounds;
    private final HeadPass head;
    private final @Nullable AdapterSlots adapters;
    private @Nullable PartCaches caches;

    ComputedPart(
            Network network,
            Kernels kernels,
            KvType cacheType,
            AdapterLimits adapterLimits,
            StepLimits limits,
            Arena arena) {
        this.network = network;
        this.kernels = kernels;
        this.limits = limits;
        this.layout = CacheLayout.of(network.plan(), cacheType);
        this.work = Workspace.allocate(
                network.plan(),
                limits.tokens(),
                network.weights().widestOrder(),
                bytes -> kernels.allocate(bytes, arena));
        RotaryTables rotary = new RotaryTables(network.plan(), limits);
        this.adapters = adapterLimits.any() ? new AdapterSlots(adapterLimits, limits.tokens(), kernels, arena) : null;
        this.binding =
                new Binding(network, kernels, work, rotary, adapters, null, bytes -> kernels.allocate(bytes, arena));
        this.step = new StepBatch(limits, network.plan().vocabularySize(), layout, adapters, arena);
        this.forward = new ForwardPass(network.plan(), layout, binding, this::caches);
        this.rounds = network.plan().isSequential()
                ? new TokenRounds(
                        step,
                        forward,
                        work,
                        layout.spec(),
                        limits,
                        network.plan().hiddenSize(),
                        arena)
                : null;
        if (adapters != null) {
            adapters.allocate(binding.memory());
        }
        this.head = new HeadPass(network.plan(), binding.withoutFollowers(), limits, arena);
    }

    Binding binding() {
        return binding;
    }

    CacheLayout layout() {
        return layout;
    }

    /** Into the caches of an attention that is an ordinary one. */
    KvWriter writer(int attention) {
        Attention into = network.plan().attentions().get(attention);
        int kind = layout.kv().kindOf().get(attention);
        KvPlace place = KvPlace.of(this::caches, attention, into.source(), kind);
        return new KvWriter(into, into.direct(), place, binding);
    }

    List<ExpertLoad> expertLoads() {
        return forward.expertLoads();
    }

    /** Work space. */
    long bytes() {
        return work.bytes()
                + HeadPass.bytes(network.plan(), limits)
                + (rounds == null ? 0 : rounds.bytes())
                + (adapters == null ? 0 : adapters.bytes());
    }

    /** Null: it takes none. */
    @Nullable
    AdapterSlots adapters() {
        return adapters;
    }

    /** {@code units}: of each kind. */
    void reserve(List<Integer> units, int checkpoints) {
        if (caches != null) {
            throw new IllegalStateException("caches are reserved once");
        }
        caches = PartCaches.allocate(layout, units, checkpoints, kernels);
    }

    PartCaches caches() {
        PartCaches current = caches;
        if (current == null) {
            throw new IllegalStateException("reserve comes before the first step");
        }
        return current;
    }

    /** Computes every row of the plan; the kernels are entered. */
    void run(StepPlan plan, StepResult result) {
        step.load(plan);
        TokenRounds singly = rounds;
        if (singly != null && plan.tokenCount() > plan.rows()) {
            singly.run(plan);
        } else {
            forward.run(step);
        }
        head.run(step, result);
    }

    void closeAdapters() {
        AdapterSlots slots = adapters;
        if (slots != null) {
            slots.close();
        }
    }

    void closeRounds() {
        TokenRounds singly = rounds;
        if (singly != null) {
            singly.close();
        }
    }

    void closeCaches() {
        PartCaches current = caches;
        if (current != null) {
            current.close();
        }
    }
}
