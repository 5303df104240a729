package dev.foretoken.registry.gguf.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;

/** What {@code config.json} says of a dense decoder, as GGUF's keys have it. */
final class DecoderConfig {

    private final JsonNode config;
    private final String model;

    /** @throws ForetokenException MODEL_UNSUPPORTED for models that are not llama, mistral, qwen2 or qwen3 */
    DecoderConfig(JsonNode config) {
        this.config = config;
        this.model = config.path("model_type").asText();
        if (!List.of("llama", "mistral", "qwen2", "qwen3").contains(model)) {
            throw unsupported("model_type \"" + model + "\"", "llama, mistral, qwen2 and qwen3");
        }
        boolean windows = config.path("use_sliding_window").asBoolean(false);
        if (model.startsWith("qwen") && windows) {
            throw unsupported("use_sliding_window", "full attention in every layer");
        }
    }

    /** {@code general.architecture}: Mistral is ggml's llama. */
    String architecture() {
        return model.equals("mistral") ? "llama" : model;
    }

    /** Whether ggml rotates neighbours, so that the halves of each head's queries and keys are interleaved in the file. */
    boolean interleaves() {
        return architecture().equals("llama");
    }

    int layers() {
        return whole("num_hidden_layers");
    }

    int headDim() {
        int absent = model.equals("qwen3") ? 128 : whole("hidden_size") / heads();
        return config.path("head_dim").asInt(absent);
    }

    /** Rows of the embedding. */
    int vocabulary() {
        return whole("vocab_size");
    }

    boolean tied() {
        return config.path("tie_word_embeddings").asBoolean(false);
    }

    void write(MetadataPairs metadata) {
        String prefix = architecture() + ".";
        metadata.put(prefix + "vocab_size", vocabulary())
                .put(prefix + "block_count", layers())
                .put(prefix + "context_length", whole("max_position_embeddings"))
                .put(prefix + "embedding_length", whole("hidden_size"))
                .put(prefix + "feed_forward_length", whole("intermediate_size"))
                .put(prefix + "attention.head_count", heads())
                .put(
                        prefix + "attention.head_count_kv",
                        config.path("num_key_value_heads").asInt(heads()))
                .put(prefix + "attention.key_length", headDim())
                .put(prefix + "attention.value_length", headDim())
                .put(
                        prefix + "attention.layer_norm_rms_epsilon",
                        config.path("rms_norm_eps").asDouble(1e-6))
                .put(prefix + "rope.dimension_count", headDim())
                .put(prefix + "rope.freq_base", theta());
        if (model.equals("mistral") && config.path("sliding_window").asInt(0) > 0) {
            metadata.put(prefix + "attention.sliding_window", whole("sliding_window"));
        }
        scaling(metadata, prefix + "rope.scaling.");
    }

    private void scaling(MetadataPairs metadata, String prefix) {
        JsonNode rope = rope();
        switch (ropeType()) {
            case "default", "llama3" -> {}
            case "linear" -> metadata.put(prefix + "type", "linear").put(prefix + "factor", number(rope, "factor"));
            case "yarn" -> {
                for (String key : List.of("attention_factor", "mscale", "mscale_all_dim", "beta_fast", "beta_slow")) {
                    if (rope.hasNonNull(key)) {
                        throw unsupported("rope_scaling with " + key, "yarn with its defaults");
                    }
                }
                metadata.put(prefix + "type", "yarn")
                        .put(prefix + "factor", number(rope, "factor"))
                        .put(prefix + "original_context_length", (int)
                                number(rope, "original_max_position_embeddings"));
            }
            default -> throw unsupported("rope_scaling " + ropeType(), "linear, yarn and llama3");
        }
    }

    /** The numbers by which Llama 3.1 divides frequencies: fp32 [headDim / 2]; empty for others. */
    List<Float> divisors() {
        List<Float> out = new ArrayList<>();
        if (ropeType().equals("llama3")) {
            JsonNode rope = rope();
            double low = number(rope, "low_freq_factor");
            double high = number(rope, "high_freq_factor");
            double original = number(rope, "original_max_position_embeddings");
            for (int i = 0; i < headDim() / 2; i++) {
                double wavelength = 2 * Math.PI * Math.pow(theta(), 2.0 * i / headDim());
                double smooth = Math.clamp((original / wavelength - low) / (high - low), 0, 1);
                out.add((float) (1 / ((1 - smooth) / number(rope, "factor") + smooth)));
            }
        }
        return out;
    }

    private JsonNode rope() {
        return config.path(config.path("rope_parameters").isObject() ? "rope_parameters" : "rope_scaling");
    }

    private String ropeType() {
        return rope().path("rope_type").asText(rope().path("type").asText("default"));
    }

    private double theta() {
        return rope().path("rope_theta").asDouble(config.path("rope_theta").asDouble(10000));
    }

    private int heads() {
        return whole("num_attention_heads");
    }

    private int whole(String key) {
        int value = config.path(key).asInt(0);
        if (value < 1) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, "config.json: " + key + " must be a whole number of at least 1");
        }
        return value;
    }

    private static double number(JsonNode node, String key) {
        if (!node.path(key).isNumber()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, "config.json: " + key + " of the rotation must be a number");
        }
        return node.path(key).asDouble();
    }

    private static ForetokenException unsupported(String found, String expected) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED, "config.json has " + found + "; written as GGUF can be " + expected);
    }
}
