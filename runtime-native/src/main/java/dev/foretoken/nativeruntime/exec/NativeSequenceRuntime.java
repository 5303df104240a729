package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.nativeruntime.adapters.AdapterReader;
import dev.foretoken.nativeruntime.adapters.AdapterSlots;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
     * @param prediction of the base's K and V; null = none
     * @param draft proposes tokens; its weights may be the base's own; null = none
     * @param contextTokens at most the base's own; the draft goes as far
     * @param cacheType of K and V
     * @param adapters room for LoRA adapters of the base
     */
    public record Parts(
            Network base,
            @Nullable Prediction prediction,
            @Nullable Network draft,
            Kernels kernels,
            KvType cacheType,
            int contextTokens,
            AdapterLimits adapters,
            String numericsId) {
        /** Without prediction. */
        public Parts(
                Network base,
                @Nullable Network draft,
                Kernels kernels,
                KvType cacheType,
                int contextTokens,
                AdapterLimits adapters,
                String numericsId) {
            this(base, null, draft, kernels, cacheType, contextTokens, adapters, numericsId);
        }

        /** Index of the part; -1 where there is none. */
        int auxiliaryPart() {
            return prediction == null ? -1 : 1;
        }

        /** Index of the part; -1 where there is none. */
        int draftPart() {
            return draft == null ? -1 : prediction == null ? 1 : 2;
        }
    }

    private static final int BASE = 0;

    private final Parts parts;
    private final RuntimeSize size;
    private final StepLimits limits;
    private final Arena arena;
    private final ComputedPart base;
    private final @Nullable AdapterReader adapterReader;
    private final @Nullable AuxiliaryPart auxiliary;
    private final @Nullable ComputedPart draft;
    private final @Nullable DraftPass draftPass;
    private final StepResult result;
    private @Nullable RuntimeException failure;
    private boolean begun;

    private NativeSequenceRuntime(Parts parts, Arena arena) {
        this.arena = arena;
        this.parts = parts;
        this.size = RuntimeSize.of(parts);
        this.limits = size.limits();
        this.base = part(parts.base(), parts.adapters(), limits);
        AdapterSlots slots = base.adapters();
        this.adapterReader = slots == null ? null : slots.reader();
        Prediction prediction = parts.prediction();
        this.auxiliary = prediction == null
                ? null
                : new AuxiliaryPart(prediction, base, parts.cacheType(), parts.auxiliaryPart(), limits, arena);
        Network proposer = parts.draft();
        this.draft = proposer == null ? null : part(proposer, AdapterLimits.NONE, limits.withFewHeads());
        this.draftPass = draft == null ? null : draftPass(draft);
        this.result = new StepResult(limits.rows(), limits.tokens());
    }

    private ComputedPart part(Network network, AdapterLimits adapters, StepLimits most) {
        return new ComputedPart(network, parts.kernels(), parts.cacheType(), adapters, most, arena);
    }

    private DraftPass draftPass(ComputedPart part) {
        int index = parts.draftPart();
        CacheSpec caches = size.shape("").parts().get(index).caches();
        return new DraftPass(part, index, caches.kinds().size(), caches.blockTokens(), limits);
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
        return size.shape(parts.numericsId());
    }

    @Override
    public Capabilities capabilities() {
        return size.capabilities();
    }

    @Override
    public long residentBytes() {
        Network proposer = parts.draft();
        long weights = parts.base().weights().bytes()
                + (proposer == null ? 0 : proposer.weights().bytes());
        Prediction prediction = parts.prediction();
        long predicting = prediction == null || auxiliary == null ? 0 : prediction.bytes() + auxiliary.bytes();
        return weights + predicting + base.bytes() + (draft == null ? 0 : draft.bytes());
    }

    @Override
    public Optional<ComputeInfo> compute() {
        Kernels kernels = parts.kernels();
        return Optional.of(new ComputeInfo(kernels.path(), kernels.threads(), kernels.cpus()));
    }

    @Override
    public HeldAs heldAs() {
        PackedWeights weights = parts.base().weights();
        Prediction prediction = parts.prediction();
        return new HeldAs(
                weights.encodingNames(),
                weights.readBytes() + (prediction == null ? 0 : prediction.readBytes()),
                parts.cacheType().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public List<ExpertLoad> expertLoads() {
        return base.expertLoads();
    }

    @Override
    public void reserve(CacheReservation reservation) {
        base.reserve(reservation.units().get(BASE), reservation.checkpoints());
        if (auxiliary != null) {
            auxiliary.reserve(reservation.units().get(parts.auxiliaryPart()));
        }
        if (draft != null) {
            draft.reserve(reservation.units().get(parts.draftPart()), 0);
        }
    }

    private PartCaches caches(int part) {
        ComputedPart proposer = draft;
        if (proposer != null && part == parts.draftPart()) {
            return proposer.caches();
        }
        AuxiliaryPart predicting = auxiliary;
        if (predicting != null && part == parts.auxiliaryPart()) {
            return predicting.caches();
        }
        if (part != BASE) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED, "a cache of part %d was named, which is not there".formatted(part));
        }
        return base.caches();
    }

    @Override
    public void apply(CacheCommand command) {
        switch (command) {
            case CacheCommand.CopyBlock copy -> caches(copy.part()).copy(copy);
            case CacheCommand.ExportBlocks export -> caches(export.part()).export(export);
            case CacheCommand.ImportBlocks load -> caches(load.part()).load(load);
            case CacheCommand.ResetSlot reset -> caches(reset.part()).reset(reset);
            case CacheCommand.SaveState save -> caches(save.part()).save(save);
            case CacheCommand.RestoreState restore -> caches(restore.part()).restore(restore);
            case CacheCommand.DropState drop -> caches(drop.part()).drop(drop);
            case CacheCommand.LoadAdapter load -> adapters().load(load.adapter(), load.weights());
            case CacheCommand.UnloadAdapter unload -> adapters().unload(unload.adapter());
        }
    }

    private AdapterSlots adapters() {
        AdapterSlots slots = base.adapters();
        if (slots == null) {
            throw noAdapters();
        }
        return slots;
    }

    @Override
    public AdapterWeights openAdapter(Path folder) {
        AdapterReader reader = adapterReader;
        if (reader == null) {
            throw noAdapters();
        }
        return reader.read(folder);
    }

    private static ForetokenException noAdapters() {
        return new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE,
                "this model was opened without room for adapters; set max-adapters when it is loaded");
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
                run(plan);
            } finally {
                parts.kernels().leave();
            }
        }
    }

    private void run(StepPlan plan) {
        DraftPass proposer = draftPass;
        AuxiliaryPart predicting = auxiliary;
        int part = plan.get(StepPlan.Column.PART, 0);
        if (proposer != null && part == parts.draftPart()) {
            proposer.run(plan, result);
        } else if (predicting != null && part == parts.auxiliaryPart()) {
            predicting.run(plan);
        } else {
            base.run(plan, result);
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
        base.closeCaches();
        base.closeAdapters();
        base.closeRounds();
        if (auxiliary != null) {
            auxiliary.close();
        }
        if (draft != null) {
            draft.closeRounds();
            draft.closeCaches();
        }
        if (draftPass != null) {
            draftPass.close();
        }
        arena.close();
        Prediction prediction = parts.prediction();
        if (prediction != null) {
            prediction.close();
        }
        parts.base().weights().close();
        Network proposer = parts.draft();
        if (proposer != null) {
            proposer.weights().close();
        }
        parts.kernels().close();
    }
}
