package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.MambaSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Zamba: Mamba in every layer, in heads that have maps of their own; one transformer block that some layers share. */
final class ZambaReader implements ArchitectureReader {

    private static final int DEFAULT_CONTEXT = 4096;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("hidden_mamba_act", "silu", "silu");
        Activation activation = Activations.of(config, "hidden_act", "gelu");
        SharedBlock.requireTied(config);
        HeadLayout layout = SharedBlock.heads(config);
        HybridPlan.Sight sight = new HybridPlan.Sight(layout, false, SharedBlock.scores(layout), null);
        MambaSizes sizes = HybridFields.mamba(config);
        int heads = config.size("n_mamba_heads", 2);
        if (sizes.channels() % heads != 0) {
            throw config.unsupported(
                    "n_mamba_heads", "= " + heads, "a divisor of the inner width, " + sizes.channels());
        }
        HybridPlan plan = new HybridPlan(config, config.epsilon(1e-5), 1);
        List<Boolean> users = users(config);
        String shared = "model.layers." + users.indexOf(true) + ".shared_transf.";
        for (int layer = 0; layer < users.size(); layer++) {
            String prefix = "model.layers." + layer + ".";
            boolean user = users.get(layer);
            if (user) {
                Mlp mlp = plan.mlp(shared + "feed_forward.", config.size("intermediate_size"), false);
                SharedBlock.add(
                        plan,
                        shared,
                        plan.attention(shared + "self_attn.", 2 * plan.hidden(), sight),
                        new Mlp(mlp.gate(), mlp.up(), mlp.down(), activation),
                        prefix + "linear");
                prefix += "mamba_decoder.";
            }
            List<Mixer> mixers = new ArrayList<>();
            for (int head = 0; head < heads; head++) {
                mixers.add(MambaHeads.head(prefix + "mamba", sizes, heads, head));
            }
            SharedBlock.add(plan, prefix + "input_layernorm.weight", user, mixers);
        }
        return plan.build(
                config.size("max_position_embeddings", DEFAULT_CONTEXT),
                HybridPlan.Ends.plain("model.final_layernorm.weight"),
                true);
    }

    /** Where the configuration has no list: the third layer, and behind it by period and offset. */
    private static List<Boolean> users(CheckpointConfig config) {
        if (config.has("layers_block_type")) {
            return SharedBlock.users(config);
        }
        List<Boolean> users = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            boolean periodic = layer >= 3
                    && (layer - 3) % config.size("attn_layer_period", 6) == config.count("attn_layer_offset", 4);
            users.add(layer == 2 || periodic);
        }
        return users;
    }
}
