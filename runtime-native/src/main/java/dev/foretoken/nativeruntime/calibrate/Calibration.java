package dev.foretoken.nativeruntime.calibrate;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.exec.Network;
import dev.foretoken.nativeruntime.exec.TappedPass;
import dev.foretoken.nativeruntime.kernels.Arithmetic;
import dev.foretoken.nativeruntime.kernels.KernelChoice;
import dev.foretoken.nativeruntime.kernels.KernelOptions;
import dev.foretoken.nativeruntime.kernels.KernelSelection;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.WeightSource;
import java.lang.foreign.MemorySegment;

/**
 * A model with its weights as stored, multiplied in fp32 with fp32 K and V, that shows what flows when sequences run. Results are the same
 * for every number of threads.
 */
public final class Calibration implements AutoCloseable {

    private final Kernels kernels;
    private final PackedWeights weights;
    private final TappedPass pass;

    private Calibration(Kernels kernels, PackedWeights weights, TappedPass pass) {
        this.kernels = kernels;
        this.weights = weights;
        this.pass = pass;
    }

    /**
     * Reads the weights of every sublayer.
     *
     * @param plan of all of a model or a part of it; {@code weights} may be closed afterwards
     * @param contextTokens of the longest sequence
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED for a model that computes its tokens one after the other, and what
     *     {@link WeightSource#requireAllOf} throws
     */
    public static Calibration open(
            ModelPlan plan, WeightSource weights, int contextTokens, int threads, ActivationTap tap) {
        Kernels kernels = KernelSelection.open(
                        KernelChoice.AUTO,
                        KernelOptions.of(Math.min(threads, KernelOptions.MAX_THREADS), Arithmetic.EXACT))
                .kernels();
        PackedWeights packed = null;
        try {
            packed = PackedWeights.load(plan, weights, RuntimeOptions.Weights.STORED, kernels, LoadProgress.SILENT);
            TappedPass pass = TappedPass.open(new Network(plan, packed), kernels, contextTokens, tap);
            return new Calibration(kernels, packed, pass);
        } catch (RuntimeException | Error e) {
            if (packed != null) {
                packed.close();
            }
            kernels.close();
            throw e;
        }
    }

    /** Computes one sequence. */
    public void run(int[] tokens) {
        pass.run(tokens);
    }

    /** Computes one sequence whose hidden vectors are given, fp32 [count, hidden]; a row is read before the tap is shown it. */
    public void run(MemorySegment hidden, int count) {
        pass.run(hidden, count);
    }

    @Override
    public void close() {
        pass.close();
        weights.close();
        kernels.close();
    }
}
