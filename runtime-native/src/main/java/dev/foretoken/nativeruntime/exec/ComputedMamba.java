package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.RecurrentKernels;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.plan.Mamba;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Mamba}. */
final class ComputedMamba implements ComputedMixer {

    private static final int CONVOLUTION = 0;
    private static final int SCAN = 1;

    private final RecurrentKernels kernels;
    private final StatePlace place;
    private final ConvolutionWeights convolution;
    private final SelectiveScanWeights scan;
    private final ScanInputs inputs;
    private final MemorySegment x;
    private final MemorySegment gate;
    private final MemorySegment time;
    private final MemorySegment b;
    private final MemorySegment c;
    private final SharedInput xAndGate;
    private final SharedInput maps;
    private final SharedInput widened;
    private final SharedInput output;
    private final @Nullable VectorNorm timeNorm;
    private final @Nullable VectorNorm bNorm;
    private final @Nullable VectorNorm cNorm;

    ComputedMamba(Mamba mamba, StatePlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels().recurrent();
        this.place = place;
        StateWeights prepared = binding.stateWeights();
        this.convolution = prepared.convolution(mamba.convolution());
        this.scan = scan(mamba.scan(), prepared);
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(mamba));
        this.x = parts[0];
        this.gate = parts[1];
        this.time = parts[2];
        this.b = parts[3];
        this.c = parts[4];
        MemorySegment steps = parts[5];
        this.inputs = new ScanInputs(
                TokenVectors.of(x, scan.channels()),
                TokenVectors.of(steps, scan.channels()),
                TokenVectors.of(b, scan.states()),
                TokenVectors.of(c, scan.states()));
        Mamba.Maps linears = mamba.maps();
        this.xAndGate = binding.sharing(List.of(linears.input(), linears.gate()), List.of(x, gate));
        this.maps = binding.sharing(List.of(linears.time(), linears.b(), linears.c()), List.of(time, b, c));
        this.widened = binding.sharing(List.of(linears.widened()), List.of(steps));
        this.output = binding.sharing(List.of(linears.output()), List.of(out));
        this.timeNorm = VectorNorm.of(mamba.inner().time(), binding.kernels(), binding.weights());
        this.bNorm = VectorNorm.of(mamba.inner().b(), binding.kernels(), binding.weights());
        this.cNorm = VectorNorm.of(mamba.inner().c(), binding.kernels(), binding.weights());
    }

    private static SelectiveScanWeights scan(Mamba.Scan scan, StateWeights prepared) {
        return new SelectiveScanWeights(
                scan.channels(),
                scan.states(),
                1,
                prepared.turned(prepared.rates(scan.rates()), scan.channels(), scan.states()),
                prepared.weights().vector(scan.skip()));
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        StateBatch batch = step.states();
        xAndGate.multiply(input, tokens);
        kernels.convolve(convolution, batch, place.layer(CONVOLUTION), x, x);
        maps.multiply(x, tokens);
        norm(timeNorm, time, tokens);
        norm(bNorm, b, tokens);
        norm(cNorm, c, tokens);
        widened.multiply(time, tokens);
        kernels.selectiveScan(scan, batch, place.layer(SCAN), inputs, gate, x);
        output.multiply(x, tokens);
    }

    private static void norm(@Nullable VectorNorm norm, MemorySegment vectors, int tokens) {
        if (norm != null) {
            norm.run(vectors, tokens);
        }
    }
}
