package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import java.util.Collections;
import java.util.List;

/**
 * What tells the supported decoders apart.
 *
 * @param layers what each layer's attention sees
 * @param fused query, key and value are rows of one tensor, and so are gate and up
 */
record DecoderTraits(
        HeadLayout layout,
        Biases biases,
        Norms norms,
        List<Sight> layers,
        Activation activation,
        boolean fused,
        Scales scales) {

    /** Which linear maps add a bias. */
    record Biases(boolean queryKeyValue, boolean attentionOutput, boolean mlp) {
        static final Biases NONE = new Biases(false, false, false);
    }

    /**
     * RMS norms.
     *
     * @param plus added to every stored weight
     */
    record Norms(Placement placement, QueryKey queryKey, float plus, float epsilon) {
        /** Of what a sublayer reads, of what it adds, or of both. */
        enum Placement {
            INPUT,
            OUTPUT,
            BOTH,
        }

        /** Of queries and keys: of each head, of all heads together, or none. */
        enum QueryKey {
            NONE,
            HEADS,
            WHOLE,
        }

        static Norms ofInputs(float epsilon) {
            return new Norms(Placement.INPUT, QueryKey.NONE, 0, epsilon);
        }

        Norms with(QueryKey other) {
            return new Norms(placement, other, plus, epsilon);
        }
    }

    /**
     * What one layer's attention sees.
     *
     * @param window tokens, 0 = all
     * @param sinks whether each head has one
     */
    record Sight(int window, RotarySettings rotary, boolean sinks) {
        Sight(int window, RotarySettings rotary) {
            this(window, rotary, false);
        }

        static List<Sight> withSinks(List<Integer> windows, RotarySettings rotary) {
            return windows.stream()
                    .map(window -> new Sight(window, rotary, true))
                    .toList();
        }

        /** The same rotation everywhere. */
        static List<Sight> of(List<Integer> windows, RotarySettings rotary) {
            return windows.stream().map(window -> new Sight(window, rotary)).toList();
        }

        static List<Sight> same(int layers, int window, RotarySettings rotary) {
            return Collections.nCopies(layers, new Sight(window, rotary));
        }
    }

    /**
     * Numbers that activations are multiplied or limited by.
     *
     * @param residual what a sublayer adds
     * @param logitCap soft cap of logits, 0 = none
     * @param clip of queries, keys and values, 0 = none
     */
    record Scales(float embedding, float residual, Attention.Scores scores, float logits, float logitCap, float clip) {
        /** Without a clip. */
        Scales(float embedding, float residual, Attention.Scores scores, float logits, float logitCap) {
            this(embedding, residual, scores, logits, logitCap, 0);
        }

        Scales withClip(float other) {
            return new Scales(embedding, residual, scores, logits, logitCap, other);
        }

        static Scales of(HeadLayout layout) {
            return new Scales(1, 1, Attention.Scores.of(layout.headDim()), 1, 0);
        }
    }

    DecoderTraits {
        layers = List.copyOf(layers);
    }

    /** As Llama has it, but for biases and sight. */
    static DecoderTraits of(HeadLayout layout, Biases biases, Norms norms, List<Sight> layers) {
        return new DecoderTraits(layout, biases, norms, layers, Activation.SILU, false, Scales.of(layout));
    }

    DecoderTraits with(Activation other) {
        return new DecoderTraits(layout, biases, norms, layers, other, fused, scales);
    }

    DecoderTraits with(Scales other) {
        return new DecoderTraits(layout, biases, norms, layers, activation, fused, other);
    }

    DecoderTraits whereFused() {
        return new DecoderTraits(layout, biases, norms, layers, activation, true, scales);
    }
}
