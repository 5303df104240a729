package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * An expert that every token uses, as much as a gate lets it: {@code sigmoid(gate(x)) * mlp(x)} (Qwen 2024).
 *
 * @param gate [1, hidden]
 */
public record SharedExpert(Mlp mlp, Linear gate) implements Mixer {
    @Override
    public List<Linear> linears() {
        List<Linear> all = new ArrayList<>(mlp.linears());
        all.add(gate);
        return all;
    }

    /** One row of few bytes decides about all that the expert gives. */
    @Override
    public List<Matrix> exact() {
        return gate.weight().packed();
    }
}
