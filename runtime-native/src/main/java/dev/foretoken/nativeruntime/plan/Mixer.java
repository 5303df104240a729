package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** What a sublayer computes from its input, [tokens, hidden] to [tokens, hidden]. Names all of its weights. */
public sealed interface Mixer permits Attention, Mlp, Moe, Projection, Recurrent, SharedExpert {

    /** Every linear map, in order of use. */
    List<Linear> linears();

    /** Matrices that are held in fp32 whatever encoding the others have. */
    default List<Matrix> exact() {
        return List.of();
    }

    /** Norms inside the mixer. */
    default List<Norm> norms() {
        return List.of();
    }

    /** Vectors other than those of norms and biases of linear maps. */
    default List<VectorRef> vectors() {
        return List.of();
    }
}
