package dev.foretoken.nativeruntime;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.weights.StoredTensorFile;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A checkpoint of two layers with random weights, as large as groups of quantized inputs need. */
final class SmallCheckpoint {

    static final int VOCABULARY = 96;

    private static final int HIDDEN = 64;
    private static final int INNER = 128;
    private static final int LAYERS = 2;

    private final Random random = new Random(42);
    private final List<StoredTensor> tensors = new ArrayList<>();

    private SmallCheckpoint() {}

    /** {@code kvHeads}: 4, as many as query heads, or fewer. */
    static Path write(Path folder, int kvHeads, boolean tied) throws IOException {
        Files.createDirectories(folder);
        SmallCheckpoint checkpoint = new SmallCheckpoint();
        checkpoint.matrix("model.embed_tokens.weight", VOCABULARY, HIDDEN, 0.1);
        for (int layer = 0; layer < LAYERS; layer++) {
            checkpoint.layer("model.layers." + layer + ".", kvHeads);
        }
        checkpoint.norm("model.norm.weight");
        if (!tied) {
            checkpoint.matrix("lm_head.weight", VOCABULARY, HIDDEN, 0.05);
        }
        StoredTensorFile.write(folder.resolve("model.safetensors"), checkpoint.tensors, Map.of("format", "pt"));
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": %d, "vocab_size": 96,
                 "max_position_embeddings": 64, "tie_word_embeddings": %s}""".formatted(kvHeads, tied));
        return folder;
    }

    private void layer(String layer, int kvHeads) {
        norm(layer + "input_layernorm.weight");
        norm(layer + "post_attention_layernorm.weight");
        matrix(layer + "self_attn.q_proj.weight", HIDDEN, HIDDEN, 0.1);
        matrix(layer + "self_attn.k_proj.weight", kvHeads * HIDDEN / 4, HIDDEN, 0.1);
        matrix(layer + "self_attn.v_proj.weight", kvHeads * HIDDEN / 4, HIDDEN, 0.1);
        matrix(layer + "self_attn.o_proj.weight", HIDDEN, HIDDEN, 0.1);
        matrix(layer + "mlp.gate_proj.weight", INNER, HIDDEN, 0.1);
        matrix(layer + "mlp.up_proj.weight", INNER, HIDDEN, 0.1);
        matrix(layer + "mlp.down_proj.weight", HIDDEN, INNER, 0.1);
    }

    /** Some elements are ten times the others, as those of trained models are. */
    private void norm(String name) {
        float[] numbers = new float[HIDDEN];
        for (int i = 0; i < HIDDEN; i++) {
            numbers[i] = (float) ((i % 13 == 0 ? 5 : 0.5) + 0.1 * random.nextGaussian());
        }
        add(name, numbers, List.of((long) HIDDEN));
    }

    private void matrix(String name, int rows, int columns, double size) {
        float[] numbers = new float[rows * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (size * random.nextGaussian());
        }
        add(name, numbers, List.of((long) rows, (long) columns));
    }

    private void add(String name, float[] numbers, List<Long> shape) {
        MemorySegment data = MemorySegment.ofArray(new byte[numbers.length * FloatType.BF16.bytes()]);
        for (int i = 0; i < numbers.length; i++) {
            FloatType.BF16.store(data, i, numbers[i]);
        }
        tensors.add(new StoredTensor(name, StoredType.BF16, shape, data));
    }
}
