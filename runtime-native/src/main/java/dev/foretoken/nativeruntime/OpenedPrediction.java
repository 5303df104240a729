package dev.foretoken.nativeruntime;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.exec.Network;
import dev.foretoken.nativeruntime.exec.Prediction;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.weights.ContentDigest;
import dev.foretoken.nativeruntime.weights.PackedSize;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.PredictorWeights;
import dev.foretoken.nativeruntime.weights.WeightPool;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.registry.prediction.PredictionFile;
import org.jspecify.annotations.Nullable;

/**
 * A prediction whose headers were read.
 *
 * @param own model of the auxiliary; null where it is a view of the base
 */
record OpenedPrediction(
        PredictionFile file, PredictionPlan plan, @Nullable OpenedModel own) implements AutoCloseable {

    /** Packs what the base does not hold; the base stays its owner's. */
    Prediction load(Network base, RuntimeOptions options, Kernels kernels, LoadProgress progress, WeightPool pool) {
        PredictorWeights maps = PredictorWeights.load(file.predictorPath(), plan, kernels, narrows(options, kernels));
        try {
            if (own == null) {
                return Prediction.shared(plan, base, maps);
            }
            PackedWeights weights =
                    PackedWeights.loadPart(plan.auxiliary(), own.weights(), options.weights(), kernels, progress, pool);
            return Prediction.by(plan, weights, maps);
        } catch (RuntimeException | Error e) {
            maps.close();
            throw e;
        }
    }

    /** What the auxiliary's weights would take beside those of the base. */
    PackedSize size(
            WeightSource base, RuntimeOptions.Weights encoding, Kernels kernels, WeightPool pool, PackedSize beside) {
        WeightSource source = own == null ? base : own.weights();
        return PackedSize.of(plan.auxiliary(), source, encoding, kernels, pool, beside);
    }

    long mapBytes(RuntimeOptions options, Kernels kernels) {
        return PredictorWeights.bytes(file.predictorPath(), plan, narrows(options, kernels));
    }

    /** Attention rounds K and V to BF16 there, so that maps in it lose nothing more. */
    private static boolean narrows(RuntimeOptions options, Kernels kernels) {
        return options.precision() == RuntimeOptions.Precision.FAST
                && kernels.path().contains("bf16dot");
    }

    /** Of all but the base and the maps. */
    String identity() {
        ContentDigest digest = new ContentDigest().add(file.bytes());
        return (own == null ? digest : digest.add(own.weights().identity())).hex();
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
