package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** A mixer that carries a state of fixed size from token to token, and reads no other position. */
public sealed interface Recurrent extends Mixer permits Mamba, Mamba2, DeltaNet {

    /** Causal convolutions at its inputs, in order of use. */
    List<Convolution> convolutions();
}
