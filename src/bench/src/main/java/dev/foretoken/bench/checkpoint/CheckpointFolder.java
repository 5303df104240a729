package dev.foretoken.bench.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.LongConsumer;

/** A folder in Hugging Face's layout. The weights get their name last, so a folder with weights is whole. */
public final class CheckpointFolder {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String CHAT_TEMPLATE =
            "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant: ";

    private final CheckpointShape shape;
    private final WeightType type;
    private final SafetensorsFile weights;

    private CheckpointFolder(CheckpointShape shape, WeightType type) {
        this.shape = shape;
        this.type = type;
        this.weights = new SafetensorsFile(shape.tensors(), type);
    }

    /** With as many positions as the shape has. */
    public static CheckpointFolder of(String shape, String type) {
        return of(shape, type, 0);
    }

    /**
     * @param shape one of the names {@code bench make-model --help} lists
     * @param type BF16, F16 or F32
     * @param context positions it takes; 0: as many as the shape has
     */
    public static CheckpointFolder of(String shape, String type, int context) {
        try {
            CheckpointShape named = CheckpointShape.named(shape);
            return new CheckpointFolder(context == 0 ? named : named.withContext(context), WeightType.valueOf(type));
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(
                    message.startsWith("no shape")
                            ? message
                            : "no weight type is named '" + type + "'; expected BF16, F16 or F32",
                    e);
        }
    }

    /** Size of the weights, in bytes. */
    public long weightBytes() {
        return weights.dataBytes();
    }

    /** Writes the folder; the same shape, type and seed give the same bytes. */
    public void write(Path folder, long seed, int threads, LongConsumer onProgress)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        write(folder.resolve("config.json"), config());
        write(folder.resolve("generation_config.json"), generationConfig());
        write(folder.resolve("tokenizer.json"), ByteLevelTokenizer.json(shape));
        write(folder.resolve("tokenizer_config.json"), tokenizerConfig());
        Path unfinished = folder.resolve("model.safetensors.unfinished");
        weights.write(unfinished, new RandomWeights(seed), threads, onProgress);
        Files.move(unfinished, folder.resolve("model.safetensors"), StandardCopyOption.REPLACE_EXISTING);
    }

    private ObjectNode config() {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(shape.family().architecture);
        json.put("model_type", shape.family().modelType)
                .put("hidden_size", shape.hidden())
                .put("intermediate_size", shape.ffn())
                .put("num_hidden_layers", shape.layers())
                .put("num_attention_heads", shape.heads())
                .put("num_key_value_heads", shape.kvHeads())
                .put("vocab_size", shape.vocabulary())
                .put("max_position_embeddings", shape.context())
                .put("hidden_act", "silu")
                .put("rms_norm_eps", shape.family().rmsNormEps)
                .put("rope_theta", shape.family().ropeTheta)
                .put("tie_word_embeddings", shape.tied())
                .put("bos_token_id", shape.bosTokenId())
                .put("eos_token_id", shape.eosTokenId())
                .put("torch_dtype", type.torchName());
        switch (shape.family()) {
            case LLAMA -> json.put("attention_bias", false).put("mlp_bias", false);
            case QWEN2 -> json.put("use_sliding_window", false);
            case MIXTRAL ->
                json.put("num_local_experts", shape.family().experts).put("num_experts_per_tok", 2);
        }
        return json;
    }

    private ObjectNode generationConfig() {
        return JSON.createObjectNode().put("bos_token_id", shape.bosTokenId()).put("eos_token_id", shape.eosTokenId());
    }

    private ObjectNode tokenizerConfig() {
        return JSON.createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("bos_token", ByteLevelTokenizer.BOS)
                .put("eos_token", ByteLevelTokenizer.EOS)
                .put("model_max_length", shape.context())
                .put("chat_template", CHAT_TEMPLATE);
    }

    private static void write(Path file, ObjectNode json) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(json) + "\n");
    }
}
