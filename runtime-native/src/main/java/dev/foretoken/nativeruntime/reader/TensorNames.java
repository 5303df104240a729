package dev.foretoken.nativeruntime.reader;

/** How a kind of file names its tensors. */
enum TensorNames {
    HUGGING_FACE("model.layers.") {
        @Override
        String own(TensorRole role) {
            return role.huggingFace();
        }
    },
    GGUF("blk.") {
        @Override
        String own(TensorRole role) {
            return role.gguf();
        }
    };

    private final String layers;

    TensorNames(String layers) {
        this.layers = layers;
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
