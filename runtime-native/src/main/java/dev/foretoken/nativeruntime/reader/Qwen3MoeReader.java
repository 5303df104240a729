package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Routing;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Qwen 3 with experts in some layers; one window for all layers, or none. */
final class Qwen3MoeReader implements DecoderReader {
    private static final int DEFAULT_KV_HEADS = 4;
    private static final int DEFAULT_WINDOW = 4096;

    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads,
                config.size("num_key_value_heads", DEFAULT_KV_HEADS),
                config.size("head_dim", config.hiddenShare(heads)));
        boolean bias = config.flag("attention_bias", false);
        return DecoderTraits.of(
                        layout,
                        new DecoderTraits.Biases(bias, bias, false),
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-6)).with(DecoderTraits.Norms.QueryKey.HEADS),
                        DecoderTraits.Sight.same(
                                config.layers(), window(config), new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }

    private static int window(CheckpointConfig config) {
        boolean windowed = config.flag("use_sliding_window", false) && !config.isNull("sliding_window");
        return windowed ? config.size("sliding_window", DEFAULT_WINDOW) : 0;
    }

    @Override
    public Optional<ExpertTraits> experts(CheckpointConfig config) {
        int count = config.experts(128);
        int step = config.size("decoder_sparse_step", 1);
        Set<Integer> dense = new HashSet<>(config.has("mlp_only_layers") ? config.counts("mlp_only_layers") : Set.of());
        Routing routing = Routing.softmax(config.size("num_experts_per_tok", 8), config.flag("norm_topk_prob", false));
        return Optional.of(new ExpertTraits(
                count,
                config.size("moe_intermediate_size", 768),
                routing,
                ExpertNames.QWEN,
                layer -> !dense.contains(layer) && (layer + 1) % step == 0));
    }
}
