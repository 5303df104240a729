package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.StateLayout;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.RecurrentKernels;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import dev.foretoken.nativeruntime.plan.Mamba2;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Mamba2}. */
final class ComputedMamba2 implements ComputedMixer {

    private static final int CONVOLUTION = 0;
    private static final int SCAN = 1;

    private final Kernels kernels;
    private final RecurrentKernels recurrent;
    private final StatePlace place;
    private final ConvolutionWeights convolution;
    private final StateSpaceWeights scan;
    private final @Nullable GatedNormWeights norm;
    private final ScanInputs inputs;
    private final MemorySegment gate;
    private final MemorySegment joint;
    private final MemorySegment y;
    private final SharedInput projected;
    private final SharedInput output;

    ComputedMamba2(Mamba2 mamba, StatePlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.recurrent = kernels.recurrent();
        this.place = place;
        StateWeights prepared = binding.stateWeights();
        this.convolution = prepared.convolution(mamba.convolution());
        this.scan = scan(mamba.scan(), prepared);
        this.norm = norm(mamba.norm(), mamba.scan().channels(), binding);
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(mamba));
        this.gate = parts[0];
        this.joint = parts[1];
        MemorySegment time = parts[2];
        this.y = parts[3];
        this.inputs =
                inputs(mamba.scan(), TokenVectors.of(joint, mamba.convolution().channels()), time);
        Mamba2.Maps maps = mamba.maps();
        this.projected = binding.sharing(List.of(maps.gate(), maps.input(), maps.time()), List.of(gate, joint, time));
        this.output = binding.sharing(List.of(maps.output()), List.of(out));
    }

    private static StateSpaceWeights scan(Mamba2.Scan scan, StateWeights prepared) {
        return new StateSpaceWeights(
                StateLayout.shape(scan),
                prepared.rates(scan.rates()),
                prepared.weights().vector(scan.skip()),
                prepared.weights().vector(scan.steps().bias()),
                scan.steps().low(),
                scan.steps().high());
    }

    private static @Nullable GatedNormWeights norm(@Nullable GatedNorm norm, int width, Binding binding) {
        return norm == null
                ? null
                : new GatedNormWeights(
                        width,
                        norm.group(),
                        binding.weights().vector(norm.norm().weight()),
                        norm.norm().epsilon(),
                        norm.gateFirst());
    }

    private static ScanInputs inputs(Mamba2.Scan scan, TokenVectors joint, MemorySegment time) {
        int maps = scan.mapWidth();
        return new ScanInputs(
                joint.slice(0, scan.channels()),
                TokenVectors.of(time, scan.heads()),
                joint.slice(scan.channels(), maps),
                joint.slice(scan.channels() + maps, maps));
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        StateBatch batch = step.states();
        projected.multiply(input, tokens);
        recurrent.convolve(convolution, batch, place.layer(CONVOLUTION), joint, joint);
        recurrent.stateSpace(scan, batch, place.layer(SCAN), inputs, y);
        GatedNormWeights weights = norm;
        if (weights == null) {
            kernels.siluMul(gate, y, (long) tokens * scan.shape().channels(), y);
        } else {
            recurrent.gatedNorm(weights, y, gate, tokens, y);
        }
        output.multiply(y, tokens);
    }
}
