package dev.foretoken.nativeruntime.exec;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link SharedExpert}: what the MLP gives is combined as that of a chosen expert is, with one term per token. */
final class ComputedSharedExpert implements ComputedMixer {

    private final Kernels kernels;
    private final int hidden;
    private final ComputedMlp mlp;
    private final SharedInput gate;
    private final MemorySegment ungated;
    private final MemorySegment shares;
    private final MemorySegment rows;
    private final MemorySegment out;

    ComputedSharedExpert(SharedExpert expert, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.hidden = binding.hidden();
        this.out = out;
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(expert));
        int inner = parts.length - 2;
        this.ungated = parts[inner];
        this.shares = parts[inner + 1];
        this.mlp = new ComputedMlp(expert.mlp(), binding, ungated);
        this.gate = binding.sharing(List.of(expert.gate()), List.of(shares));
        this.rows = binding.memory().apply((long) binding.work().tokens() * Integer.BYTES);
        for (int token = 0; token < binding.work().tokens(); token++) {
            rows.setAtIndex(JAVA_INT, token, token);
        }
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        mlp.run(step, input);
        gate.multiply(input, tokens);
        kernels.activate(Activation.SIGMOID, shares, null, tokens, shares);
        kernels.combine(ungated, rows, shares, tokens, 1, hidden, out);
    }
}
