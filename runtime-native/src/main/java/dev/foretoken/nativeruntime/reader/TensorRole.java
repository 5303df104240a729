package dev.foretoken.nativeruntime.reader;

/** The weights of a decoder and how both kinds of files call them, without {@code .weight} or {@code .bias}. */
enum TensorRole {
    EMBEDDING("model.embed_tokens", "token_embd"),
    HEAD("lm_head", "output"),
    FINAL_NORM("model.norm", "output_norm"),
    ATTENTION_NORM("input_layernorm", "attn_norm"),
    QUERY("self_attn.q_proj", "attn_q"),
    KEY("self_attn.k_proj", "attn_k"),
    VALUE("self_attn.v_proj", "attn_v"),
    ATTENTION_OUTPUT("self_attn.o_proj", "attn_output"),
    QUERY_NORM("self_attn.q_norm", "attn_q_norm"),
    KEY_NORM("self_attn.k_norm", "attn_k_norm"),
    MLP_NORM("post_attention_layernorm", "ffn_norm"),
    ATTENTION_OUTPUT_NORM("post_attention_layernorm", "post_attention_norm"),
    MLP_INPUT_NORM("pre_feedforward_layernorm", "ffn_norm"),
    MLP_OUTPUT_NORM("post_feedforward_layernorm", "post_ffw_norm"),
    QUERY_KEY_VALUE("self_attn.qkv_proj", "attn_qkv"),
    GATE_UP("mlp.gate_up_proj", "ffn_up"),
    GATE("mlp.gate_proj", "ffn_gate"),
    UP("mlp.up_proj", "ffn_up"),
    DOWN("mlp.down_proj", "ffn_down"),
    ;

    private final String huggingFace;
    private final String gguf;

    TensorRole(String huggingFace, String gguf) {
        this.huggingFace = huggingFace;
        this.gguf = gguf;
    }

    String huggingFace() {
        return huggingFace;
    }

    String gguf() {
        return gguf;
    }

    boolean isOfLayer() {
        return switch (this) {
            case EMBEDDING, HEAD, FINAL_NORM -> false;
            case ATTENTION_NORM, QUERY, KEY, VALUE, ATTENTION_OUTPUT -> true;
            case QUERY_NORM, KEY_NORM, MLP_NORM, GATE, UP, DOWN -> true;
            case ATTENTION_OUTPUT_NORM, MLP_INPUT_NORM, MLP_OUTPUT_NORM, QUERY_KEY_VALUE, GATE_UP -> true;
        };
    }
}
