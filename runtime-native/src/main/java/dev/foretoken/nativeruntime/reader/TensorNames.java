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

    /** Without {@code .weight} or {@code .bias}; {@code layer} counts only for roles that every layer has. */
    String name(TensorRole role, int layer) {
        return role.isOfLayer() ? layers + layer + "." + own(role) : own(role);
    }
}
