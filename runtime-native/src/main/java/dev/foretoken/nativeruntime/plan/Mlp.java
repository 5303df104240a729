package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** {@code down(activation(gate(x)) * up(x))} (Shazeer 2020). */
public record Mlp(List<Norm> norms, Linear gate, Linear up, Linear down, Activation activation) implements Sublayer {
    public Mlp {
        norms = List.copyOf(norms);
    }

    @Override
    public List<Linear> linears() {
        return List.of(gate, up, down);
    }
}
