package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a relative of Llama: what they have in common here, the rest by {@link #traits}. */
@FunctionalInterface
interface DecoderReader extends ArchitectureReader {

    DecoderTraits traits(CheckpointConfig config);

    /** Whether the head is the embedding where the configuration does not say. */
    default boolean tiedUnlessSaid() {
        return false;
    }

    /** Empty: no layer has experts. */
    default Optional<ExpertTraits> experts(CheckpointConfig config) {
        return Optional.empty();
    }

    @Override
    default ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        DecoderTraits traits = traits(config);
        requireWidth(config, traits.layout());
        return DecoderPlan.build(shape(config, traits), traits, TensorNames.HUGGING_FACE, expertsOf(config));
    }

    private @Nullable ExpertTraits expertsOf(CheckpointConfig config) {
        Optional<ExpertTraits> experts = experts(config);
        if (experts.isPresent()) {
            config.requireText("hidden_act", "silu", "silu");
        }
        return experts.orElse(null);
    }

    /** Sizes that the configuration gives under the usual names. */
    default DecoderShape shape(CheckpointConfig config, DecoderTraits traits) {
        return new DecoderShape(
                config.modelType(),
                config.layers(),
                config.hiddenSize(),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.flag("tie_word_embeddings", tiedUnlessSaid()),
                RotaryReader.contextTokens(config, traits.layers()));
    }

    /** Widths are ints: heads and head_dim are fine one by one, and their product may not be. */
    static void requireWidth(CheckpointConfig config, HeadLayout layout) {
        long width = (long) Math.max(layout.heads(), layout.kvHeads()) * layout.headDim();
        if (width > CheckpointConfig.MAX_SIZE) {
            throw config.unsupported(
                    "num_attention_heads * head_dim", "= " + width, "at most " + CheckpointConfig.MAX_SIZE);
        }
    }
}
