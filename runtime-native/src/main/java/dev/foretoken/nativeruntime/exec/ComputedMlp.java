package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Mlp;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link Mlp}. */
final class ComputedMlp implements ComputedMixer {

    private final Kernels kernels;
    private final MemorySegment gate;
    private final MemorySegment up;
    private final int inner;
    private final SharedInput gateAndUp;
    private final SharedInput down;

    ComputedMlp(Mlp mlp, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.inner = mlp.gate().outputs();
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(mlp));
        this.gate = parts[0];
        this.up = parts[1];
        this.gateAndUp = binding.sharing(List.of(mlp.gate(), mlp.up()), List.of(gate, up));
        this.down = binding.sharing(List.of(mlp.down()), List.of(out));
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        gateAndUp.multiply(input, tokens);
        kernels.siluMul(gate, up, (long) tokens * inner, gate);
        down.multiply(gate, tokens);
    }
}
