package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;

/** Names that configurations have for functions of MLPs. */
final class Activations {

    private Activations() {}

    /** Of the field {@code key}, by the names of Hugging Face transformers; {@code absent}: what is meant where it is missing. */
    static Activation of(CheckpointConfig config, String key, String absent) {
        String name = config.text(key, absent);
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu", "gelu_python" -> Activation.GELU;
            case "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_new", "gelu_fast", "gelu_accurate" ->
                Activation.GELU_TANH;
            case "quick_gelu" -> Activation.QUICK_GELU;
            case "relu" -> Activation.RELU;
            case "relu2" -> Activation.RELU_SQUARED;
            default ->
                throw config.unsupported(
                        key,
                        "\"" + name + "\"",
                        "one of silu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2");
        };
    }
}
