package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.nativeruntime.exec.NativeSequenceRuntime;
import dev.foretoken.nativeruntime.exec.Network;
import dev.foretoken.nativeruntime.exec.Prediction;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.weights.ContentDigest;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.WeightPool;
import java.util.Optional;

/** Opens Hugging Face checkpoints, and random weights of named shapes, on the CPU. */
public final class NativeRuntimeProvider implements RuntimeProvider {

    private static final System.Logger LOG = System.getLogger(NativeRuntimeProvider.class.getName());

    /** What all models that this provider has opened hold. */
    private final WeightPool pool = new WeightPool();

    @Override
    public String name() {
        return "native";
    }

    @Override
    public Availability probe(ModelSource source, DeviceSpec device) {
        if (device.kind() != DeviceSpec.Kind.CPU) {
            return new Availability.Missing("the native runtime computes on CPU, not on " + device.kind());
        }
        try {
            OpenedModel.open(source).close();
            return new Availability.Present();
        } catch (ForetokenException e) {
            return new Availability.Missing(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
        requireCpu(device);
        try (OpenedModel model = OpenedModel.open(source);
                Kernels kernels = KernelSetup.select(device, options).kernels()) {
            return Optional.of(new ResidentEstimate(options, kernels, pool).of(model, contextTokens(model, options)));
        }
    }

    private static void requireCpu(DeviceSpec device) {
        if (device.kind() != DeviceSpec.Kind.CPU) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "The native runtime computes on CPU, not on " + device.kind());
        }
    }

    @Override
    public SequenceRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
        requireCpu(device);
        try (OpenedModel model = OpenedModel.open(source)) {
            return load(model, source, device, options, progress);
        } catch (OutOfMemoryError e) {
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "Model %s does not fit the memory of this machine".formatted(source.name()),
                    e);
        }
    }

    private SequenceRuntime load(
            OpenedModel model, ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
        Kernels kernels = KernelSetup.open(device, options);
        DraftOpener drafts = new DraftOpener(source, options, kernels, progress, pool);
        PackedWeights weights = null;
        Prediction prediction = null;
        Network draft = null;
        try {
            drafts.check(model.plan());
            // Looks into every tensor of the files; packing gives back what of them was read.
            String identity = source.digest().isEmpty() ? model.weights().identity() : source.digest();
            weights = PackedWeights.load(model.plan(), model.weights(), options.weights(), kernels, progress, pool);
            LOG.log(System.Logger.Level.INFO, "Holding the weights of {0}: {1}", source.name(), weights.encodings());
            KvType cacheType = KernelSetup.cacheType(options, kernels);
            LOG.log(System.Logger.Level.INFO, "Keeping K and V of {0} in {1}", source.name(), cacheType);
            Network base = new Network(model.plan(), weights);
            OpenedPrediction predicts = model.prediction();
            if (predicts != null) {
                prediction = predicts.load(base, options, kernels, progress, pool);
                identity = new ContentDigest()
                        .add(identity)
                        .add(predicts.identity())
                        .add(prediction.maps().identity())
                        .hex();
            }
            draft = drafts.open(base);
            return NativeSequenceRuntime.of(new NativeSequenceRuntime.Parts(
                    base,
                    prediction,
                    draft,
                    kernels,
                    cacheType,
                    contextTokens(model, options),
                    options.adapters(),
                    numericsId(identity, options, kernels, cacheType)));
        } catch (RuntimeException | Error e) {
            if (draft != null) {
                draft.weights().close();
            }
            if (prediction != null) {
                prediction.close();
            }
            if (weights != null) {
                weights.close();
            }
            kernels.close();
            throw e;
        }
    }

    private static int contextTokens(OpenedModel model, RuntimeOptions options) {
        int own = model.plan().contextTokens();
        return options.maxContextTokens() == 0 ? own : Math.min(own, options.maxContextTokens());
    }

    /** Equal where weights, their encoding, kernels and cache are: {@link Kernels#path} names instruction set, arithmetic and version. */
    private static String numericsId(String weights, RuntimeOptions options, Kernels kernels, KvType cacheType) {
        return new ContentDigest()
                .add(weights)
                .add(options.weights().name())
                .add(kernels.path())
                .add(cacheType.name())
                .hex();
    }
}
