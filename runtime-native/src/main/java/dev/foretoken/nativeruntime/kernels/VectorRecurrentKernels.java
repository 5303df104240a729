package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.vector.TaskThreads;
import dev.foretoken.nativeruntime.kernels.vector.VectorSelectiveScan;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Mamba's scan in the Vector API on a few threads, the rest as the oracle does it. */
final class VectorRecurrentKernels extends ScalarRecurrentKernels {

    private final TaskThreads threads;

    VectorRecurrentKernels(TaskThreads threads) {
        this.threads = threads;
    }

    @Override
    public void selectiveScan(
            SelectiveScanWeights weights,
            StateBatch batch,
            StateLayer state,
            ScanInputs inputs,
            @Nullable MemorySegment gate,
            MemorySegment out) {
        StateArguments.selectiveScan(weights, batch, state, inputs, gate, out);
        new VectorSelectiveScan(weights, batch, state, inputs, gate, out).run(threads);
    }
}
