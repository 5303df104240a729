package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** {@code down(activation(gate(x)) * up(x))} (Shazeer 2020). */
public record Mlp(Linear gate, Linear up, Linear down, Activation activation) implements Mixer {
    @Override
    public List<Linear> linears() {
        return List.of(gate, up, down);
    }
}
