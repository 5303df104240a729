package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.function.Predicate;

/** GPT-2: layer norms with biases, learned positions, maps stored as [inputs, outputs], an MLP without a gate. */
final class Gpt2Reader implements ArchitectureReader {

    private static final String BASE = "transformer.";

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        if (config.flag("add_cross_attention", false)) {
            throw config.unsupported("add_cross_attention", "true", "false");
        }
        int hidden = config.size("n_embd");
        int heads = config.size("n_head");
        if (hidden % heads != 0) {
            throw config.unsupported("n_embd", String.valueOf(hidden), "a multiple of n_head=" + heads);
        }
        Gpt2Plan.Sizes sizes = new Gpt2Plan.Sizes(
                config.layers("n_layer"),
                hidden,
                heads,
                config.size("n_inner", Math.multiplyExact(4, hidden)),
                config.size("vocab_size"),
                config.size("n_positions", 1024));
        Gpt2Plan.Options options = new Gpt2Plan.Options(
                config.flag("tie_word_embeddings", true),
                Activations.of(config, "activation_function", "gelu_new"),
                config.flag("scale_attn_weights", true),
                config.flag("scale_attn_by_inverse_layer_idx", false),
                (float) config.number("layer_norm_epsilon", 1e-5));
        String base = tensors.test(BASE + "wte.weight") ? BASE : "";
        return Gpt2Plan.build(config.modelType(), sizes, options, Gpt2Plan.Names.huggingFace(base));
    }
}
