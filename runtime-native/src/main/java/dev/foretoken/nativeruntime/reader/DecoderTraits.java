package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import java.util.List;

/**
 * What tells the supported decoders apart.
 *
 * @param headNorms RMS norm of each head's query and key
 * @param windows per layer: tokens seen, 0 = all
 */
record DecoderTraits(HeadLayout layout, Biases biases, boolean headNorms, List<Integer> windows) {

    /** Which linear maps add a bias. */
    record Biases(boolean queryKeyValue, boolean attentionOutput, boolean mlp) {
        static final Biases NONE = new Biases(false, false, false);
    }

    DecoderTraits {
        windows = List.copyOf(windows);
    }
}
