package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import java.util.List;

/**
 * Gemma 2 and the text model of Gemma 3: norms around every sublayer, whose weights are stored less 1, embeddings scaled by the root of their
 * size, and windows on most layers. Gemma 2 soft-caps scores and logits; Gemma 3 norms queries and keys and turns windowed layers by other
 * frequencies than full ones.
 *
 * <p>Transformers rounds the root to the weights' type when it computes in that type. Computed in F32, as here, it stays.
 */
final class GemmaReader implements DecoderReader {

    private static final int DEFAULT_KV_HEADS = 4;
    private static final int DEFAULT_HEAD_DIM = 256;
    private static final double DEFAULT_QUERY_SCALAR = 256;

    private final boolean third;

    private GemmaReader(boolean third) {
        this.third = third;
    }

    static GemmaReader second() {
        return new GemmaReader(false);
    }

    static GemmaReader third() {
        return new GemmaReader(true);
    }

    @Override
    public boolean tiedUnlessSaid() {
        return true;
    }

    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        if (config.flag("use_bidirectional_attention", false)) {
            throw config.unsupported("use_bidirectional_attention", "true", "false: generation looks back only");
        }
        HeadLayout layout = new HeadLayout(
                config.size("num_attention_heads"),
                config.size("num_key_value_heads", DEFAULT_KV_HEADS),
                config.size("head_dim", DEFAULT_HEAD_DIM));
        boolean bias = config.flag("attention_bias", false);
        DecoderTraits.Norms norms = new DecoderTraits.Norms(
                DecoderTraits.Norms.Placement.BOTH,
                third ? DecoderTraits.Norms.QueryKey.HEADS : DecoderTraits.Norms.QueryKey.NONE,
                1,
                config.epsilon(1e-6));
        return DecoderTraits.of(layout, new DecoderTraits.Biases(bias, bias, false), norms, sights(config, layout))
                .with(Activations.of(config, "hidden_activation", "gelu_pytorch_tanh"))
                .with(scales(config));
    }

    private List<DecoderTraits.Sight> sights(CheckpointConfig config, HeadLayout layout) {
        if (!third) {
            return DecoderTraits.Sight.of(
                    LayerWindows.ofGemma(config, 2), new RotaryReader(config).settings(layout.headDim()));
        }
        DecoderTraits.Sight full =
                new DecoderTraits.Sight(0, RotaryReader.ofFullLayers(config).settings(layout.headDim()));
        return LayerWindows.ofGemma(config, config.size("sliding_window_pattern", 6)).stream()
                .map(window -> window == 0
                        ? full
                        : new DecoderTraits.Sight(
                                window, RotaryReader.ofWindowedLayers(config).settings(layout.headDim())))
                .toList();
    }

    private DecoderTraits.Scales scales(CheckpointConfig config) {
        double scalar = config.positiveNumber("query_pre_attn_scalar", DEFAULT_QUERY_SCALAR);
        if (third && config.has("attn_logit_softcapping")) {
            throw config.unsupported("attn_logit_softcapping", "a number", "null: Gemma 3 does not cap scores");
        }
        return new DecoderTraits.Scales(
                (float) Math.sqrt(config.hiddenSize()),
                1,
                new Attention.Scores((float) (1 / Math.sqrt(scalar)), cap(config, "attn_logit_softcapping", 50)),
                1,
                cap(config, "final_logit_softcapping", 30));
    }

    /** Null is none; Gemma 3 has none either where the field is missing. */
    private float cap(CheckpointConfig config, String key, double ofSecond) {
        if (config.has(key)) {
            return (float) config.positiveNumber(key);
        }
        return third || config.isNull(key) ? 0 : (float) ofSecond;
    }
}
