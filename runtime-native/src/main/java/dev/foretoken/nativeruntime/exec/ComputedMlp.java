package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.plan.Mlp;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link Mlp}. */
final class ComputedMlp implements ComputedSublayer {

    private final Kernels kernels;
    private final Residual residual;
    private final MemorySegment gate;
    private final MemorySegment up;
    private final int inner;
    private final List<Product> gateAndUp;
    private final List<Product> down;

    ComputedMlp(Mlp mlp, Binding binding) {
        this.kernels = binding.kernels();
        this.residual = binding.residual(mlp);
        this.inner = mlp.gate().outputs();
        MemorySegment[] parts = binding.work().cut(inner, inner);
        this.gate = parts[0];
        this.up = parts[1];
        this.gateAndUp = List.of(binding.product(mlp.gate(), gate), binding.product(mlp.up(), up));
        this.down = List.of(binding.product(mlp.down(), binding.work().delta()));
    }

    @Override
    public void run(StepBatch step) {
        int tokens = step.tokens();
        kernels.matmul(residual.read(tokens), tokens, gateAndUp);
        kernels.siluMul(gate, up, (long) tokens * inner, gate);
        kernels.matmul(gate, tokens, down);
        residual.add(tokens);
    }
}
