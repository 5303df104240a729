package dev.foretoken.nativeruntime.reader;

/**
 * Which quantized checkpoints can be opened: the compressed-tensors format with 8-bit weights, one scale per output, and 8-bit activations, one
 * scale per token, found when they are known.
 */
final class StoredEncoding {

    private static final String KEY = "quantization_config";
    private static final String METHOD = "compressed-tensors";

    private StoredEncoding() {}

    static void require(CheckpointConfig config) {
        if (!config.has(KEY)) {
            return;
        }
        CheckpointConfig encoding = config.child(KEY);
        String method = encoding.text("quant_method", "unnamed");
        if (!method.equals(METHOD)) {
            throw config.unsupported(
                    KEY,
                    "method " + method,
                    "absent: weights in F32, F16 or BF16, or method compressed-tensors with int8 weights and activations");
        }
        encoding.requireText("format", "absent", "int-quantized");
        CheckpointConfig groups = encoding.child("config_groups");
        for (String name : groups.keys()) {
            CheckpointConfig group = groups.child(name);
            requireEightBits(group.child("weights"), "channel");
            CheckpointConfig activations = group.child("input_activations");
            requireEightBits(activations, "token");
            if (!activations.flag("dynamic", false)) {
                throw config.unsupported("input_activations.dynamic", "false", "true: scales found per token");
            }
        }
    }

    private static void requireEightBits(CheckpointConfig numbers, String strategy) {
        numbers.requireText("type", "absent", "int");
        numbers.requireText("strategy", "absent", strategy);
        int bits = numbers.size("num_bits");
        if (bits != 8) {
            throw numbers.unsupported("num_bits", String.valueOf(bits), "8");
        }
        if (!numbers.flag("symmetric", true)) {
            throw numbers.unsupported("symmetric", "false", "true");
        }
    }
}
