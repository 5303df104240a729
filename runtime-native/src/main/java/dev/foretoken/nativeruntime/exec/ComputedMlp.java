package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mlp;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Mlp}. */
final class ComputedMlp implements ComputedMixer {

    private final Kernels kernels;
    private final Mlp mlp;
    private final MemorySegment bent;
    private final @Nullable MemorySegment factor;
    private final SharedInput inputs;
    private final SharedInput down;

    ComputedMlp(Mlp mlp, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.mlp = mlp;
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(mlp));
        this.bent = parts[0];
        Linear gate = mlp.gate();
        if (gate == null) {
            this.factor = null;
            this.inputs = binding.sharing(List.of(mlp.up()), List.of(bent));
        } else {
            this.factor = parts[1];
            this.inputs = binding.sharing(List.of(gate, mlp.up()), List.of(parts));
        }
        this.down = binding.sharing(List.of(mlp.down()), List.of(out));
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        inputs.multiply(input, tokens);
        kernels.activate(mlp.activation(), bent, factor, (long) tokens * mlp.inner(), bent);
        down.multiply(bent, tokens);
    }
}
