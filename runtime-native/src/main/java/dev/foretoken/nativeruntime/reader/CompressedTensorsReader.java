package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.weights.stored.CompressedTensors;
import dev.foretoken.nativeruntime.weights.stored.CompressedTensors.Packing;
import dev.foretoken.nativeruntime.weights.stored.Fp8Encoding;
import java.util.ArrayList;
import java.util.List;

/** The {@code quantization_config} of the method compressed-tensors: one format, or one for each of its groups of modules. */
final class CompressedTensorsReader {

    private static final String FORMATS =
            "int-quantized, pack-quantized, float-quantized, naive-quantized or mxfp4-pack-quantized";

    private final List<Packing> packings = new ArrayList<>();
    private Fp8Encoding floats = new Fp8Encoding(0, 0);

    private CompressedTensorsReader() {}

    static CompressedTensors read(CheckpointConfig encoding) {
        CompressedTensorsReader reader = new CompressedTensorsReader();
        String format = encoding.text("format", "absent");
        CheckpointConfig groups = encoding.child("config_groups");
        for (String name : groups.keys()) {
            CheckpointConfig group = groups.child(name);
            reader.add(group, group.text("format", format));
        }
        return new CompressedTensors(reader.packings, reader.floats);
    }

    private void add(CheckpointConfig group, String format) {
        CheckpointConfig weights = group.child("weights");
        switch (format) {
            case "int-quantized" -> requireEightBits(weights, group.child("input_activations"));
            case "pack-quantized" -> pack(weights);
            case "float-quantized" -> floats(weights);
            case "naive-quantized" -> naive(weights, group);
            case "mxfp4-pack-quantized" -> requireFloats(weights, 4);
            default -> throw group.unsupported("format", "\"" + format + "\"", FORMATS);
        }
    }

    private void naive(CheckpointConfig weights, CheckpointConfig group) {
        if (weights.text("type", "absent").equals("float")) {
            floats(weights);
        } else {
            requireEightBits(weights, group.child("input_activations"));
        }
    }

    private static void requireEightBits(CheckpointConfig weights, CheckpointConfig activations) {
        requireEightBits(weights, "channel");
        requireEightBits(activations, "token");
        if (!activations.flag("dynamic", false)) {
            throw activations.unsupported("input_activations.dynamic", "false", "true: scales found per token");
        }
    }

    private static void requireEightBits(CheckpointConfig numbers, String strategy) {
        numbers.requireText("type", "absent", "int");
        numbers.requireText("strategy", "absent", strategy);
        requireBits(numbers, 8);
        if (!numbers.flag("symmetric", true)) {
            throw numbers.unsupported("symmetric", "false", "true");
        }
    }

    private static void requireBits(CheckpointConfig numbers, int supported) {
        int bits = numbers.size("num_bits");
        if (bits != supported) {
            throw numbers.unsupported("num_bits", String.valueOf(bits), String.valueOf(supported));
        }
    }

    private void pack(CheckpointConfig weights) {
        weights.requireText("type", "int", "int");
        int bits = weights.size("num_bits");
        if (bits != 4 && bits != 8) {
            throw weights.unsupported("num_bits", String.valueOf(bits), "4 or 8");
        }
        String strategy = weights.text("strategy", weights.has("group_size") ? "group" : "channel");
        int group = switch (strategy) {
            case "group" -> weights.groupSize("group_size");
            case "channel" -> -1;
            default -> throw weights.unsupported("strategy", "\"" + strategy + "\"", "group or channel");
        };
        Packing packing = new Packing(bits, group);
        for (Packing other : packings) {
            if (other.bits() == bits && other.group() != group) {
                throw weights.unsupported(
                        "group_size", group + " beside " + other.group(), "one for all matrices of " + bits + " bits");
            }
        }
        packings.add(packing);
    }

    private static void requireFloats(CheckpointConfig weights, int bits) {
        weights.requireText("type", "absent", "float");
        requireBits(weights, bits);
        if (!weights.flag("symmetric", true)) {
            throw weights.unsupported("symmetric", "false", "true");
        }
    }

    private void floats(CheckpointConfig weights) {
        requireFloats(weights, 8);
        String strategy = weights.text("strategy", "tensor");
        switch (strategy) {
            case "tensor", "channel" -> {}
            case "block" -> {
                List<Integer> block = weights.blockSize("block_structure");
                floats = new Fp8Encoding(block.getFirst(), block.getLast());
            }
            default -> throw weights.unsupported("strategy", "\"" + strategy + "\"", "tensor, channel or block");
        }
    }
}
