package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Routing;
import java.util.Optional;

/** gpt-oss: windows and full sight in turns, sinks, experts with biases in every layer. Its experts come as floats or as MXFP4. */
final class GptOssReader implements DecoderReader {
    private static final int DEFAULT_KV_HEADS = 8;
    private static final int DEFAULT_HEAD_DIM = 64;
    private static final int DEFAULT_WINDOW = 128;
    private static final double DEFAULT_THETA = 150_000;
    /** That of {@link dev.foretoken.nativeruntime.plan.Activation#CLAMPED_SWIGLU}. */
    private static final double LIMIT = 7;

    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        HeadLayout layout = new HeadLayout(
                config.size("num_attention_heads"),
                config.size("num_key_value_heads", DEFAULT_KV_HEADS),
                config.size("head_dim", DEFAULT_HEAD_DIM));
        boolean bias = config.flag("attention_bias", true);
        return DecoderTraits.of(
                layout,
                new DecoderTraits.Biases(bias, bias, false),
                DecoderTraits.Norms.ofInputs(config.epsilon(1e-5)),
                DecoderTraits.Sight.withSinks(
                        LayerWindows.inTurns(config, 2, DEFAULT_WINDOW),
                        rotary(config).settings(layout.headDim())));
    }

    private static RotaryReader rotary(CheckpointConfig config) {
        if (!config.has("rope_parameters") && !config.has("rope_scaling")) {
            throw config.unsupported(
                    "rope_parameters", "absent", "rope_parameters or rope_scaling, as it is published");
        }
        return new RotaryReader(config, DEFAULT_THETA);
    }

    @Override
    public Optional<ExpertTraits> experts(CheckpointConfig config) {
        double limit = config.number("swiglu_limit", LIMIT);
        if (limit != LIMIT) {
            throw config.unsupported("swiglu_limit", Double.toString(limit), Double.toString(LIMIT));
        }
        String method = config.child("quantization_config").text("quant_method", "none");
        return Optional.of(new ExpertTraits(
                config.experts(128),
                config.size("intermediate_size"),
                Routing.softmax(config.size("num_experts_per_tok", 4), true),
                method.equals("mxfp4") ? ExpertNames.GPT_OSS_ENCODED : ExpertNames.GPT_OSS,
                ExpertTraits.EVERY_LAYER));
    }
}
