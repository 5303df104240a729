package dev.foretoken.bench.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * The dimensions of a decoder-only transformer with rotary attention and a gated MLP, or several as experts.
 *
 * @param bosTokenId begins a text; {@code eosTokenId} ends one
 */
record CheckpointShape(
        String name,
        Family family,
        int layers,
        int hidden,
        int ffn,
        int heads,
        int kvHeads,
        int vocabulary,
        int context,
        boolean tied,
        int bosTokenId,
        int eosTokenId) {

    /** The architecture a shape belongs to, with what follows from it. */
    enum Family {
        LLAMA("llama", "LlamaForCausalLM", false, 0, 10_000.0, 1e-5),
        QWEN2("qwen2", "Qwen2ForCausalLM", true, 0, 1_000_000.0, 1e-6),
        /** Two of eight experts. */
        MIXTRAL("mixtral", "MixtralForCausalLM", false, 8, 1_000_000.0, 1e-5),
        ;

        final String modelType;
        final String architecture;
        final boolean qkvBias;
        final int experts;
        final double ropeTheta;
        final double rmsNormEps;

        Family(
                String modelType,
                String architecture,
                boolean qkvBias,
                int experts,
                double ropeTheta,
                double rmsNormEps) {
            this.modelType = modelType;
            this.architecture = architecture;
            this.qkvBias = qkvBias;
            this.experts = experts;
            this.ropeTheta = ropeTheta;
            this.rmsNormEps = rmsNormEps;
        }
    }

    static final List<CheckpointShape> NAMED = List.of(
            new CheckpointShape("llama-1.1b", Family.LLAMA, 22, 2048, 5632, 32, 4, 32_000, 2048, false, 1, 2),
            new CheckpointShape(
                    "qwen2.5-0.5b", Family.QWEN2, 24, 896, 4864, 14, 2, 151_936, 32_768, true, 151_643, 151_645),
            new CheckpointShape("small-moe", Family.MIXTRAL, 12, 1024, 2048, 16, 4, 32_000, 2048, false, 1, 2),
            new CheckpointShape("tiny", Family.LLAMA, 2, 64, 192, 4, 2, 512, 512, false, 1, 2));

    static CheckpointShape named(String name) {
        return NAMED.stream()
                .filter(shape -> shape.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no shape is named '%s'; there are: %s"
                        .formatted(
                                name,
                                String.join(
                                        ", ",
                                        NAMED.stream()
                                                .map(CheckpointShape::name)
                                                .toList()))));
    }

    /** Rotary positions have no weights, so any number of them will do. */
    CheckpointShape withContext(int positions) {
        return new CheckpointShape(
                name, family, layers, hidden, ffn, heads, kvHeads, vocabulary, positions, tied, bosTokenId, eosTokenId);
    }

    int headDim() {
        return hidden / heads;
    }

    /** Every tensor, in the order of the file, under Hugging Face's names. */
    List<TensorShape> tensors() {
        List<TensorShape> tensors = new ArrayList<>();
        tensors.add(TensorShape.matrix("model.embed_tokens.weight", vocabulary, hidden));
        for (int layer = 0; layer < layers; layer++) {
            addLayer(tensors, "model.layers." + layer + ".");
        }
        tensors.add(TensorShape.ones("model.norm.weight", hidden));
        if (!tied) {
            tensors.add(TensorShape.matrix("lm_head.weight", vocabulary, hidden));
        }
        return tensors;
    }

    private void addLayer(List<TensorShape> tensors, String prefix) {
        int queries = heads * headDim();
        int keys = kvHeads * headDim();
        tensors.add(TensorShape.ones(prefix + "input_layernorm.weight", hidden));
        addProjection(tensors, prefix + "self_attn.q_proj", queries);
        addProjection(tensors, prefix + "self_attn.k_proj", keys);
        addProjection(tensors, prefix + "self_attn.v_proj", keys);
        tensors.add(TensorShape.matrix(prefix + "self_attn.o_proj.weight", hidden, queries));
        tensors.add(TensorShape.ones(prefix + "post_attention_layernorm.weight", hidden));
        if (family.experts == 0) {
            addMlp(tensors, prefix + "mlp.", "gate_proj", "up_proj", "down_proj");
        } else {
            tensors.add(TensorShape.matrix(prefix + "block_sparse_moe.gate.weight", family.experts, hidden));
            for (int expert = 0; expert < family.experts; expert++) {
                addMlp(tensors, prefix + "block_sparse_moe.experts." + expert + ".", "w1", "w3", "w2");
            }
        }
    }

    private void addMlp(List<TensorShape> tensors, String prefix, String gate, String up, String down) {
        tensors.add(TensorShape.matrix(prefix + gate + ".weight", ffn, hidden));
        tensors.add(TensorShape.matrix(prefix + up + ".weight", ffn, hidden));
        tensors.add(TensorShape.matrix(prefix + down + ".weight", hidden, ffn));
    }

    private void addProjection(List<TensorShape> tensors, String name, int rows) {
        tensors.add(TensorShape.matrix(name + ".weight", rows, hidden));
        if (family.qkvBias) {
            tensors.add(TensorShape.vector(name + ".bias", rows));
        }
    }
}
