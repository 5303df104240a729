package dev.foretoken.registry.gguf.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.gguf.GgmlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a dense decoder in the Hugging Face layout as one GGUF file that ggml's tools and this project's runtime read: llama, mistral,
 * qwen2 and qwen3.
 */
public final class CheckpointExport {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_JSON = 256L << 20;

    private CheckpointExport() {}

    /**
     * Writes the checkpoint in {@code folder}, with the numbers that its safetensors files have.
     *
     * @param matrices F32, F16, BF16, Q8_0 or Q4_0
     * @throws ForetokenException as the other {@link #write} says
     */
    public static void write(Path folder, GgmlType matrices, Path file, LoadProgress progress) {
        try (SafetensorsRows rows = SafetensorsRows.open(folder)) {
            write(folder, rows, matrices, file, progress);
        }
    }

    /**
     * Writes {@code weights} with the configuration and the vocabulary of {@code folder}.
     *
     * @param folder has config.json, and tokenizer.json and tokenizer_config.json unless the model has no vocabulary
     * @param weights of the checkpoint's names and shapes; quantized models give their numbers after dequantizing
     * @param matrices F32, F16, BF16, Q8_0 or Q4_0; with Q4_0 embedding and output become Q8_0
     * @param file must not exist
     * @throws ForetokenException MODEL_UNSUPPORTED for what GGUF cannot hold, MODEL_FILE_CORRUPT for damaged files, CONFIG_INVALID for
     *     another type, INTERNAL_ERROR when the file cannot be written
     */
    public static void write(Path folder, RowSource weights, GgmlType matrices, Path file, LoadProgress progress) {
        BlockEncoder.requireType(matrices);
        DecoderConfig config = new DecoderConfig(json(folder.resolve("config.json")));
        MetadataPairs metadata = new MetadataPairs();
        metadata.put("general.architecture", config.architecture())
                .put("general.type", "model")
                .put("general.file_type", fileType(matrices))
                .put("general.quantization_version", 2);
        config.write(metadata);
        if (Files.exists(folder.resolve("tokenizer.json"))) {
            new Vocabulary(CheckpointTexts.read(folder), config.vocabulary()).write(metadata);
        }
        GgufFileWriter.write(file, metadata, new DecoderTensors(config, weights, matrices).all(), progress);
    }

    /** ggml's number for "mostly of this type". */
    private static int fileType(GgmlType type) {
        return switch (type) {
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 7;
            case BF16 -> 32;
            // F32; others were refused.
            default -> 0;
        };
    }

    /** An object, or a missing node where there is no such file. */
    static JsonNode json(Path file) {
        try {
            if (Files.size(file) > MAX_JSON) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " is too large to be what its name says");
            }
            return JSON.readTree(Files.readAllBytes(file));
        } catch (java.nio.file.NoSuchFileException e) {
            return JSON.missingNode();
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " is not valid JSON", e);
        }
    }
}
