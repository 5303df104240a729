package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotaryScaling;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Heads;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Limits;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Zamba 2: Mamba-2 in every layer; a few transformer blocks that some layers share in turns, each use with low-rank additions of its own. */
final class Zamba2Reader implements ArchitectureReader {

    private static final int DEFAULT_CONTEXT = 4096;
    private static final int LONG_CONTEXT = 16384;
    private static final float NORM_EPSILON = 1e-5f;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        SharedBlock.requireTied(config);
        HeadLayout layout = SharedBlock.heads(config);
        RotarySettings turned =
                config.flag("use_mem_rope", false) ? new RotaryReader(config).settings(layout.headDim()) : null;
        HybridPlan.Sight sight = new HybridPlan.Sight(layout, false, SharedBlock.scores(layout), turned);
        Mamba2Sizes sizes = sizes(config);
        HybridPlan plan = new HybridPlan(config, config.epsilon(1e-5), 1);
        List<Boolean> users = SharedBlock.users(config);
        List<String> blocks = blocks(users, config.size("num_mem_blocks", 1));
        int use = 0;
        for (int layer = 0; layer < users.size(); layer++) {
            String prefix = "model.layers." + layer + ".";
            boolean user = users.get(layer);
            if (user) {
                String shared = blocks.get(use % blocks.size());
                Attention attention = plan.attention(shared + "self_attn.", 2 * plan.hidden(), sight);
                SharedBlock.add(
                        plan,
                        shared,
                        adapted(attention, shared, use, config),
                        mlp(plan, shared, use, config),
                        prefix + "linear");
                prefix += "mamba_decoder.";
                use++;
            }
            SharedBlock.add(
                    plan,
                    prefix + "input_layernorm.weight",
                    user,
                    List.of(RecurrentMixers.mamba2(prefix + "mamba", sizes)));
        }
        return plan.build(context(config, turned), HybridPlan.Ends.plain("model.final_layernorm.weight"), true);
    }

    /** A long context changes nothing but its length: Transformers rescales no frequencies for it. */
    private static int context(CheckpointConfig config, @Nullable RotarySettings turned) {
        if (config.flag("use_long_context", false)) {
            requireUnscaled(config, turned);
            return LONG_CONTEXT;
        }
        return turned == null
                ? config.size("max_position_embeddings", DEFAULT_CONTEXT)
                : RotaryReader.contextTokens(config, turned);
    }

    private static void requireUnscaled(CheckpointConfig config, @Nullable RotarySettings turned) {
        if (turned != null && !(turned.scaling() instanceof RotaryScaling.None)) {
            throw config.unsupported("use_long_context", "true beside scaled rotary settings", "rope_type default");
        }
    }

    /** Where the tensors of each block are: the first layer that uses it. */
    private static List<String> blocks(List<Boolean> users, int count) {
        List<String> blocks = new ArrayList<>();
        for (int layer = 0; layer < users.size() && blocks.size() < count; layer++) {
            if (users.get(layer)) {
                blocks.add("model.layers." + layer + ".shared_transformer.");
            }
        }
        return blocks;
    }

    private static Mlp mlp(HybridPlan plan, String shared, int use, CheckpointConfig config) {
        int inner = config.size("intermediate_size", 4 * plan.hidden());
        boolean bias = config.flag("add_bias_linear", false);
        String prefix = shared + "feed_forward.";
        Linear both = plan.linear(prefix + "gate_up_proj", 2 * inner, plan.hidden(), bias);
        Linear adapted = adapted(both, prefix + "gate_up_proj_adapter_list." + use, config);
        Activation activation = Activations.of(config, "hidden_act", "gelu");
        return new Mlp(
                adapted.outputs(0, inner),
                adapted.outputs(inner, inner),
                plan.linear(prefix + "down_proj", plan.hidden(), inner, bias),
                activation);
    }

    private static Attention adapted(Attention attention, String shared, int use, CheckpointConfig config) {
        if (!config.flag("use_shared_attention_adapter", false)) {
            return attention;
        }
        String prefix = shared + "self_attn.linear_";
        String list = "_adapter_list." + use;
        Attention.Direct maps = attention.direct();
        return attention.withMaps(new Attention.Direct(
                adapted(maps.query(), prefix + "q" + list, config),
                adapted(maps.key(), prefix + "k" + list, config),
                adapted(maps.value(), prefix + "v" + list, config),
                maps.output()));
    }

    private static Linear adapted(Linear linear, String name, CheckpointConfig config) {
        int rank = config.size("adapter_rank", 128);
        return linear.with(new LowRank(
                new MatrixRef(name + ".0.weight", rank, linear.inputs()),
                new MatrixRef(name + ".1.weight", linear.outputs(), rank)));
    }

    /** The convolution always has a bias, and the lower limit of time steps is {@code time_step_min}. */
    private static Mamba2Sizes sizes(CheckpointConfig config) {
        int channels = HybridFields.channels(config);
        int heads = config.size("n_mamba_heads", 8);
        int groups = config.size("mamba_ngroups", 1);
        int states = config.size("mamba_d_state", 64);
        if (channels % heads != 0) {
            throw config.unsupported("n_mamba_heads", "= " + heads, "a divisor of the inner width, " + channels);
        }
        HybridFields.requireFits(config, "mamba_ngroups * mamba_d_state", (long) groups * states);
        boolean bias = config.flag("add_bias_linear", false);
        return new Mamba2Sizes(
                config.hiddenSize(),
                new Heads(heads, channels / heads, states, groups),
                config.size("mamba_d_conv", 4),
                new RecurrentMixers.Biases(bias, bias),
                true,
                new Limits((float) config.number("time_step_min", 0.001), Float.POSITIVE_INFINITY),
                new Gate(Math.max(1, channels / groups), true, NORM_EPSILON));
    }
}
