package dev.foretoken.nativeruntime.reader;

/** How a kind of file names its tensors. */
enum TensorNames {
    HUGGING_FACE("model.layers.", "self_attn.sinks") {
        @Override
        String own(TensorRole role) {
            return role.huggingFace();
        }
    },
    GGUF("blk.", "attn_sinks.weight") {
        @Override
        String own(TensorRole role) {
            return role.gguf();
        }
    },
    /** The MLP's norm goes by another name. */
    GGUF_GPT_OSS("blk.", "attn_sinks.weight") {
        @Override
        String own(TensorRole role) {
            return role == TensorRole.MLP_NORM ? TensorRole.ATTENTION_OUTPUT_NORM.gguf() : role.gguf();
        }
    };

    private final String layers;
    private final String sinks;

    TensorNames(String layers, String sinks) {
        this.layers = layers;
        this.sinks = sinks;
    }

    /** The sinks of a layer's heads, whole: no {@code .weight} follows. */
    String sinks(int layer) {
        return layer(layer) + sinks;
    }

    abstract String own(TensorRole role);

    /** What stands before the names of a layer's tensors. */
    String layer(int layer) {
        return layers + layer + ".";
    }

    /** Without {@code .weight} or {@code .bias}; {@code layer} counts only for roles that every layer has. */
    String name(TensorRole role, int layer) {
        return role.isOfLayer() ? layer(layer) + own(role) : own(role);
    }
}
