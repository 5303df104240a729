package dev.foretoken.nativeruntime;

import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ggml's converter does with the sinks and experts of gpt-oss: gate and up come apart, and rows become outputs. */
final class GptOssGguf {

    private static final Pattern NAME = Pattern.compile(
            "model\\.layers\\.(\\d+)\\.(?:self_attn\\.sinks|mlp\\.experts\\.(gate_up|down)_proj(_bias)?)");

    private final GgufWriter writer;

    GptOssGguf(GgufWriter writer) {
        this.writer = writer;
    }

    /** Whether the tensor was one of those. {@code inputs}: of a map, or 1. */
    boolean write(String name, int experts, int inputs, float[] values) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return false;
        }
        String layer = "blk." + matcher.group(1) + ".";
        if (matcher.group(2) == null) {
            writer.tensor(layer + "attn_sinks.weight", GgmlType.F32, bytes(values), values.length);
            return true;
        }
        Stacked stacked = new Stacked(values, experts, matcher.group(3) == null ? inputs : 1);
        String end = "_exps." + (matcher.group(3) == null ? "weight" : "bias");
        if (matcher.group(2).equals("down")) {
            write(layer + "ffn_down" + end, stacked, stacked.outputs(), i -> i);
        } else {
            write(layer + "ffn_gate" + end, stacked, stacked.outputs() / 2, i -> 2 * i);
            write(layer + "ffn_up" + end, stacked, stacked.outputs() / 2, i -> 2 * i + 1);
        }
        return true;
    }

    /** [experts, inputs, outputs]. */
    private record Stacked(float[] values, int experts, int inputs) {
        int outputs() {
            return values.length / experts / inputs;
        }

        float at(int expert, int output, int input) {
            return values[(expert * inputs + input) * outputs() + output];
        }
    }

    private void write(String name, Stacked from, int outputs, IntUnaryOperator source) {
        float[] values = new float[from.experts() * outputs * from.inputs()];
        int at = 0;
        for (int expert = 0; expert < from.experts(); expert++) {
            for (int output = 0; output < outputs; output++) {
                for (int input = 0; input < from.inputs(); input++) {
                    values[at++] = from.at(expert, source.applyAsInt(output), input);
                }
            }
        }
        if (name.endsWith("bias")) {
            writer.tensor(name, GgmlType.F32, bytes(values), outputs, from.experts());
        } else {
            writer.tensor(name, GgmlType.F32, bytes(values), from.inputs(), outputs, from.experts());
        }
    }

    private static byte[] bytes(float[] values) {
        byte[] bytes = new byte[values.length * Float.BYTES];
        for (int i = 0; i < values.length; i++) {
            MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, values[i]);
        }
        return bytes;
    }
}
