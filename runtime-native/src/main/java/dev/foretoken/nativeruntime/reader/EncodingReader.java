package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.weights.stored.AwqEncoding;
import dev.foretoken.nativeruntime.weights.stored.Fp8Encoding;
import dev.foretoken.nativeruntime.weights.stored.GptqEncoding;
import dev.foretoken.nativeruntime.weights.stored.Mxfp4Encoding;
import dev.foretoken.nativeruntime.weights.stored.StoredEncoding;
import dev.foretoken.nativeruntime.weights.stored.Unquantized;
import java.util.List;

/** Turns the {@code quantization_config} of a {@code config.json} into how matrices are stored. */
public final class EncodingReader {

    private static final String KEY = "quantization_config";
    private static final String SUPPORTED =
            "absent: weights in F32, F16 or BF16, or method awq, compressed-tensors, fp8, gptq or mxfp4";

    private EncodingReader() {}

    /**
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, or MODEL_FILE_CORRUPT when the bytes are not a JSON object or
     *     a field has the wrong type
     */
    public static StoredEncoding read(byte[] configJson) {
        CheckpointConfig config = CheckpointConfig.parse(configJson);
        if (!config.has(KEY)) {
            return new Unquantized();
        }
        CheckpointConfig encoding = config.child(KEY);
        String method = encoding.text("quant_method", "unnamed");
        return switch (method) {
            case "gptq" -> gptq(encoding);
            case "awq" -> awq(encoding);
            case "compressed-tensors" -> CompressedTensorsReader.read(encoding);
            case "fp8" -> fp8(encoding);
            case "mxfp4" -> new Mxfp4Encoding();
            default -> throw config.unsupported(KEY, "method " + method, SUPPORTED);
        };
    }

    private static StoredEncoding gptq(CheckpointConfig encoding) {
        int bits = encoding.size("bits");
        if (bits != 4 && bits != 8) {
            throw encoding.unsupported("bits", String.valueOf(bits), "4 or 8");
        }
        if (encoding.flag("is_marlin_format", false)) {
            throw encoding.unsupported("is_marlin_format", "true", "false: weights as the quantizer packs them");
        }
        if (!encoding.child("dynamic").keys().isEmpty()) {
            throw encoding.unsupported("dynamic", "rules for single modules", "one rule for all");
        }
        String format = encoding.text("checkpoint_format", "gptq");
        if (!format.equals("gptq") && !format.equals("gptq_v2")) {
            throw encoding.unsupported("checkpoint_format", "\"" + format + "\"", "gptq or gptq_v2");
        }
        return new GptqEncoding(bits, encoding.groupSize("group_size"), format.equals("gptq"));
    }

    private static StoredEncoding awq(CheckpointConfig encoding) {
        int bits = encoding.size("bits");
        if (bits != 4) {
            throw encoding.unsupported("bits", String.valueOf(bits), "4");
        }
        String version = encoding.text("version", "gemm");
        if (!version.equalsIgnoreCase("gemm")) {
            throw encoding.unsupported("version", "\"" + version + "\"", "gemm");
        }
        if (!encoding.flag("zero_point", true)) {
            throw encoding.unsupported("zero_point", "false", "true");
        }
        return new AwqEncoding(encoding.groupSize(encoding.has("group_size") ? "group_size" : "q_group_size"));
    }

    private static StoredEncoding fp8(CheckpointConfig encoding) {
        if (!encoding.has("weight_block_size")) {
            return new Fp8Encoding(0, 0);
        }
        List<Integer> block = encoding.blockSize("weight_block_size");
        return new Fp8Encoding(block.getFirst(), block.getLast());
    }
}
