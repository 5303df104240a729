package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A mixture of experts (Shazeer et al. 2017): {@code sum over the chosen e of weight_e * expert_e(x)}, e ascending. An expert that every token
 * uses is a further mixer of the sublayer, an {@link Mlp} or a {@link SharedExpert}.
 *
 * @param router [experts, hidden]
 * @param experts all of one shape and activation, with gates or without
 */
public record Moe(Linear router, Routing routing, List<Mlp> experts) implements Mixer {

    public Moe {
        experts = List.copyOf(experts);
    }

    /** Width of one expert. */
    public int inner() {
        return experts.getFirst().inner();
    }

    @Override
    public List<Linear> linears() {
        List<Linear> all = new ArrayList<>();
        all.add(router);
        experts.forEach(expert -> all.addAll(expert.linears()));
        return all;
    }

    /** Which experts a token gets must not depend on how weights are held. */
    @Override
    public List<Matrix> exact() {
        return router.weight().packed();
    }

    @Override
    public List<VectorRef> vectors() {
        VectorRef bias = routing.choiceBias();
        return bias == null ? List.of() : List.of(bias);
    }
}
