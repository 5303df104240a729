package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.nativeruntime.cache.KvCaches;
import dev.foretoken.nativeruntime.cache.KvLayout;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes steps of one plan on the CPU, on the caller's thread and the kernels' workers. A step is over when {@link #begin} returns. Owns
 * weights, kernels, work space and caches.
 *
 * <p>Everything a step needs is allocated before the first one: a step that only draws tokens makes no objects.
 */
public final class NativeSequenceRuntime implements SequenceRuntime {

    /**
     * What an open model consists of; the runtime closes all of it.
     *
     * @param contextTokens at most the plan's
     * @param cacheType of K and V
     */
    public record Parts(
            ModelPlan plan,
            PackedWeights weights,
            Kernels kernels,
            FloatType cacheType,
            int contextTokens,
            String numericsId) {}

    private static final Set<Feature> FEATURES = Set.of(
            Feature.RAGGED_ROWS,
            Feature.MIXED_SPANS,
            Feature.PREFIX_SHARING,
            Feature.ROLLBACK,
            Feature.BATCH_INVARIANT,
            Feature.PROMPT_LOGPROBS,
            Feature.HIDDEN_STATES,
            Feature.TOKEN_MASKS,
            Feature.EMBEDDING_ROWS,
            Feature.BLOCK_TRANSFER);

    private final Parts parts;
    private final KvLayout layout;
    private final StepLimits limits;
    private final Arena arena;
    private final Workspace work;
    private final StepBatch step;
    private final ForwardPass forward;
    private final HeadPass head;
    private final StepResult result;
    private @Nullable KvCaches caches;
    private @Nullable RuntimeException failure;
    private boolean begun;

    private NativeSequenceRuntime(Parts parts, Arena arena) {
        ModelPlan plan = parts.plan();
        this.arena = arena;
        this.parts = parts;
        this.layout = KvLayout.of(plan, parts.cacheType());
        this.limits = StepLimits.of(plan, parts.contextTokens());
        this.work = Workspace.allocate(
                plan, limits.tokens(), bytes -> parts.kernels().allocate(bytes, arena));
        Binding binding =
                new Binding(parts.weights(), parts.kernels(), work, new RotaryTables(plan, limits), plan.hiddenSize());
        this.step = new StepBatch(limits, plan.vocabularySize(), layout.kinds(), arena);
        this.forward = new ForwardPass(plan, layout, binding, this::reserved);
        this.head = new HeadPass(plan, binding, limits, arena);
        this.result = new StepResult(limits.rows(), limits.tokens());
    }

    /** Allocates work space. The runtime owns the parts once this returns. */
    public static NativeSequenceRuntime of(Parts parts) {
        Arena arena = Arena.ofShared();
        try {
            return new NativeSequenceRuntime(parts, arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public ModelShape shape() {
        ModelPlan plan = parts.plan();
        PartShape base = new PartShape(PartShape.Role.BASE, plan.hiddenSize(), layout.spec());
        int invariant = plan.attentions().stream()
                .mapToInt(attention -> attention.rotary().scaling().lengthInvariantTokens())
                .reduce(parts.contextTokens(), Math::min);
        return new ModelShape(
                plan.vocabularySize(), parts.contextTokens(), List.of(base), parts.numericsId(), invariant);
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(FEATURES, limits.rows(), limits.tokens(), 1);
    }

    @Override
    public long residentBytes() {
        return parts.weights().bytes() + work.bytes() + head.bytes();
    }

    @Override
    public Optional<ComputeInfo> compute() {
        Kernels kernels = parts.kernels();
        return Optional.of(new ComputeInfo(kernels.path(), kernels.threads(), kernels.cpus()));
    }

    @Override
    public HeldAs heldAs() {
        PackedWeights weights = parts.weights();
        return new HeldAs(
                weights.encodingNames(),
                weights.bytes(),
                parts.cacheType().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void reserve(CacheReservation reservation) {
        if (caches != null) {
            throw new IllegalStateException("caches are reserved once");
        }
        caches = KvCaches.allocate(layout, reservation, parts.kernels());
    }

    private KvCaches reserved() {
        KvCaches current = caches;
        if (current == null) {
            throw new IllegalStateException("reserve comes before the first step");
        }
        return current;
    }

    @Override
    public void apply(CacheCommand command) {
        switch (command) {
            case CacheCommand.CopyBlock copy -> reserved().copy(copy);
            case CacheCommand.ExportBlocks export -> reserved().export(export);
            case CacheCommand.ImportBlocks load -> reserved().load(load);
            case CacheCommand.ResetSlot c -> throw notOffered(c);
            case CacheCommand.SaveState c -> throw notOffered(c);
            case CacheCommand.RestoreState c -> throw notOffered(c);
            case CacheCommand.DropState c -> throw notOffered(c);
            case CacheCommand.LoadAdapter c -> throw notOffered(c);
            case CacheCommand.UnloadAdapter c -> throw notOffered(c);
        }
    }

    private static ForetokenException notOffered(CacheCommand command) {
        return new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE,
                "The native runtime has no recurrent state and no adapters, so it cannot do "
                        + command.getClass().getSimpleName());
    }

    @Override
    public void begin(StepPlan plan) {
        if (begun) {
            throw new IllegalStateException("one step at a time: the step before was not awaited");
        }
        begun = true;
        failure = null;
        try {
            compute(plan);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void compute(StepPlan plan) {
        result.clear(limits.rows());
        if (plan.rows() > 0) {
            parts.kernels().enter();
            try {
                step.load(plan);
                forward.run(step);
                head.run(step, result);
            } finally {
                parts.kernels().leave();
            }
        }
    }

    @Override
    public StepResult await() {
        if (!begun) {
            throw new IllegalStateException("no step was begun");
        }
        begun = false;
        RuntimeException failed = failure;
        if (failed instanceof ForetokenException known) {
            throw known;
        }
        if (failed != null) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED, "The step cannot be computed: " + failed.getMessage(), failed);
        }
        return result;
    }

    @Override
    public void close() {
        KvCaches current = caches;
        if (current != null) {
            current.close();
        }
        arena.close();
        parts.weights().close();
        parts.kernels().close();
    }
}
