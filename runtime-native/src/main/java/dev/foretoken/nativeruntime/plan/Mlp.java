package dev.foretoken.nativeruntime.plan;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code down(activation(gate(x)) * up(x))} (Shazeer 2020), or {@code down(activation(up(x)))} where {@code gate} is null. */
public record Mlp(@Nullable Linear gate, Linear up, Linear down, Activation activation) implements Mixer {

    /** Neurons. */
    public int inner() {
        return up.outputs();
    }

    /** The same with its first neurons only. */
    public Mlp first(int neurons) {
        return new Mlp(
                gate == null ? null : gate.outputs(0, neurons),
                up.outputs(0, neurons),
                down.ofColumns(0, neurons),
                activation);
    }

    /** The same with the maps of the input changed one way, and the map to the residual another. */
    public Mlp changed(UnaryOperator<Linear> reading, UnaryOperator<Linear> writing) {
        return new Mlp(gate == null ? null : reading.apply(gate), reading.apply(up), writing.apply(down), activation);
    }

    @Override
    public List<Linear> linears() {
        return gate == null ? List.of(up, down) : List.of(gate, up, down);
    }
}
