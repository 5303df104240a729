package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The forward pass that serves requests, run over one sequence at a time for whoever looks into it; K and V are kept in fp32, and nothing is
 * made of the last hidden vectors. Owns its buffers and caches, not the weights. One thread at a time.
 */
public final class TappedPass implements AutoCloseable {

    private final Kernels kernels;
    private final CacheSpec spec;
    private final StepLimits limits;
    private final Arena arena;
    private final StepBatch step;
    private final ForwardPass forward;
    private final StepPlan plan;
    private final PartCaches caches;

    private TappedPass(Network network, Kernels kernels, StepLimits limits, ActivationTap tap, Arena arena) {
        this.kernels = kernels;
        this.limits = limits;
        this.arena = arena;
        CacheLayout layout = CacheLayout.of(network.plan(), KvType.F32);
        this.spec = layout.spec();
        int order = network.weights().widestOrder();
        Workspace work =
                Workspace.allocate(network.plan(), limits.tokens(), order, bytes -> kernels.allocate(bytes, arena));
        RotaryTables rotary = new RotaryTables(network.plan(), limits);
        Binding binding =
                new Binding(network, kernels, work, rotary, null, tap, bytes -> kernels.allocate(bytes, arena));
        this.step = new StepBatch(limits, network.plan().vocabularySize(), layout, null, arena);
        this.forward = new ForwardPass(network.plan(), layout, binding, this::caches);
        int kinds = spec.kinds().size();
        int blocks = Math.ceilDiv(limits.contextTokens(), spec.blockTokens());
        this.plan = new StepPlan(new StepCapacity(1, limits.tokens(), Math.max(1, blocks * kinds), Math.max(1, kinds)));
        List<Integer> units = new ArrayList<>();
        for (CacheKind kind : spec.kinds()) {
            units.add(kind.paged() ? blocks : 1);
        }
        this.caches = PartCaches.allocate(layout, units, 0, kernels);
    }

    /**
     * Allocates for sequences of up to so many tokens.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED for a model that computes its tokens one after the other
     */
    public static TappedPass open(Network network, Kernels kernels, int contextTokens, ActivationTap tap) {
        return open(network, kernels, StepLimits.of(network.plan(), contextTokens), tap);
    }

    /** Of {@code most}, rows and head rows are not used. */
    static TappedPass open(Network network, Kernels kernels, StepLimits most, ActivationTap tap) {
        ModelPlan plan = network.plan();
        if (plan.isSequential()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "A %s model whose attention reads what later layers store has no activations to look at in one pass; take its base"
                            .formatted(plan.architecture()));
        }
        int contextTokens = most.contextTokens();
        int grid = CacheLayout.of(plan, KvType.F32).spec().alignment();
        int tokens = Math.max(grid, Math.min(most.tokens(), contextTokens) / grid * grid);
        Arena arena = Arena.ofShared();
        try {
            return new TappedPass(network, kernels, new StepLimits(1, tokens, 1, contextTokens), tap, arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private PartCaches caches() {
        return caches;
    }

    /** Computes a sequence from its first token on. */
    public void run(int[] tokens) {
        run(PromptSequence.silent(tokens, List.of()));
    }

    /** Computes {@code count} positions whose hidden vectors are given; {@code hidden}: fp32 [count, hidden], read before the tap is shown them. */
    public void run(MemorySegment hidden, int count) {
        EmbeddingSpan vectors = new EmbeddingSpan(0, count, hidden, new byte[16]);
        run(PromptSequence.silent(new int[count], List.of(vectors)));
    }

    private void run(PromptSequence sequence) {
        resetStates();
        kernels.enter();
        try {
            for (int first = 0; first < sequence.length(); first += limits.tokens()) {
                int count = Math.min(limits.tokens(), sequence.length() - first);
                step.load(planned(sequence, first, count));
                forward.run(step);
            }
        } finally {
            kernels.leave();
        }
    }

    private void resetStates() {
        if (spec.hasState()) {
            caches.states().reset(0);
        }
    }

    private StepPlan planned(PromptSequence sequence, int first, int count) {
        plan.clear();
        plan.addRow(sequence, 0, RowKind.COMPUTE, first, 0);
        for (int token : Arrays.copyOfRange(sequence.tokens(), first, first + count)) {
            plan.addToken(token);
        }
        int blocks = Math.ceilDiv(first + count, spec.blockTokens());
        for (int kind = 0; kind < spec.kinds().size(); kind++) {
            if (!spec.kinds().get(kind).paged()) {
                plan.setSlot(kind, 0);
                continue;
            }
            plan.beginTable(kind);
            for (int block = 0; block < blocks; block++) {
                plan.addUnit(kind, block);
            }
        }
        return plan;
    }

    @Override
    public void close() {
        plan.close();
        caches.close();
        arena.close();
    }
}
