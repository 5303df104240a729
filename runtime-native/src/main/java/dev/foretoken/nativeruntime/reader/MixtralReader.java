package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Routing;
import java.util.Optional;

/** Mixtral: Mistral with experts in every layer, weighted by the softmax of the chosen ones. */
final class MixtralReader implements DecoderReader {
    private static final int DEFAULT_KV_HEADS = 8;

    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads,
                config.size("num_key_value_heads", DEFAULT_KV_HEADS),
                config.size("head_dim", config.hiddenShare(heads)));
        int window = config.has("sliding_window") ? config.size("sliding_window") : 0;
        return DecoderTraits.of(
                        layout,
                        DecoderTraits.Biases.NONE,
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-5)),
                        DecoderTraits.Sight.same(
                                config.layers(), window, new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }

    @Override
    public Optional<ExpertTraits> experts(CheckpointConfig config) {
        Routing routing = Routing.softmax(config.size("num_experts_per_tok", 2), true);
        return Optional.of(new ExpertTraits(
                config.experts(8),
                config.size("intermediate_size"),
                routing,
                ExpertNames.MIXTRAL,
                ExpertTraits.EVERY_LAYER));
    }
}
