package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Route;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;

/**
 * How Zamba and Zamba 2 use one transformer block in several layers: it reads hidden vectors beside embeddings, has no residual inside, and
 * what a linear map makes of its result is added to the input of the layer's Mamba, and to nothing else.
 */
final class SharedBlock {

    private SharedBlock() {}

    /** Whether a layer uses a shared block, by {@code layers_block_type} as transformers 5 and as 4 calls them. */
    static List<Boolean> users(CheckpointConfig config) {
        List<Boolean> users = new ArrayList<>();
        for (String type : config.texts("layers_block_type")) {
            users.add(
                    switch (type) {
                        case "hybrid" -> true;
                        case "linear_attention", "mamba", "mamba2" -> false;
                        default ->
                            throw config.unsupported(
                                    "layers_block_type", "\"" + type + "\"", "hybrid or linear_attention");
                    });
        }
        if (users.size() != config.layers()) {
            throw config.unsupported(
                    "layers_block_type", users.size() + " entries", "one per layer: " + config.layers() + " entries");
        }
        return users;
    }

    /** Transformers ties blocks and embeddings together, or neither. */
    static void requireTied(CheckpointConfig config) {
        if (!config.flag("tie_word_embeddings", true)) {
            throw config.unsupported("tie_word_embeddings", "false", "true, without which layers share no block");
        }
    }

    /** Heads over twice the hidden size. */
    static HeadLayout heads(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        int width = 2 * config.hiddenSize();
        if (config.size("attention_hidden_size", width) != width) {
            throw config.unsupported(
                    "attention_hidden_size", "= " + config.size("attention_hidden_size"), "2 * hidden_size = " + width);
        }
        HeadLayout layout = new HeadLayout(
                heads,
                config.size("num_key_value_heads", heads),
                config.size("attention_head_dim", Math.max(1, width / heads)));
        DecoderReader.requireWidth(config, layout);
        return layout;
    }

    /** Scores are scaled for heads half as wide. */
    static Attention.Scores scores(HeadLayout layout) {
        return new Attention.Scores((float) (1 / Math.sqrt(layout.headDim() / 2.0)), 0);
    }

    /** {@code shared}: of the block's tensors, with its dot; {@code back}: name of the linear map. */
    static void add(HybridPlan plan, String shared, Attention attention, Mlp mlp, String back) {
        int hidden = plan.hidden();
        Norm first = plan.norm(shared + "input_layernorm.weight", 2 * hidden);
        Norm second = plan.norm(shared + "pre_ff_layernorm.weight", hidden);
        Route inside = new Route(Route.Source.SIDE, Route.Target.SIDE);
        plan.add(new Sublayer(
                List.of(first),
                1,
                List.of(attention),
                new Route(Route.Source.HIDDEN_THEN_EMBEDDING, Route.Target.SIDE)));
        plan.add(new Sublayer(List.of(second), 1, List.of(mlp), inside));
        plan.add(new Sublayer(List.of(), 1, List.of(new Projection(plan.linear(back, hidden, hidden, false))), inside));
    }

    /** The Mamba of a layer. */
    static void add(HybridPlan plan, String norm, boolean user, List<Mixer> mixers) {
        Route.Source source = user ? Route.Source.HIDDEN_PLUS_SIDE : Route.Source.HIDDEN;
        plan.add(new Sublayer(
                List.of(plan.norm(norm, plan.hidden())), 1, mixers, new Route(source, Route.Target.HIDDEN)));
    }
}
