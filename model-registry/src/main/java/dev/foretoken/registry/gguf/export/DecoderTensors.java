package dev.foretoken.registry.gguf.export;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gguf.GgmlType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tensors of a dense decoder under ggml's names, in the order of the model, each with its rows in ggml's order. */
final class DecoderTensors {

    private static final Map<String, String> OF_LAYER = layerNames();

    private final DecoderConfig config;
    private final RowSource source;
    private final GgmlType matrices;
    private final List<TensorOut> out = new ArrayList<>();
    private final Set<String> left;

    /** {@code matrices}: the type of all matrices; vectors become F32. */
    DecoderTensors(DecoderConfig config, RowSource source, GgmlType matrices) {
        this.config = config;
        this.source = source;
        this.matrices = matrices;
        this.left = new TreeSet<>(source.names());
    }

    private static Map<String, String> layerNames() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("input_layernorm", "attn_norm");
        names.put("self_attn.q_proj", "attn_q");
        names.put("self_attn.q_norm", "attn_q_norm");
        names.put("self_attn.k_proj", "attn_k");
        names.put("self_attn.k_norm", "attn_k_norm");
        names.put("self_attn.v_proj", "attn_v");
        names.put("self_attn.o_proj", "attn_output");
        names.put("post_attention_layernorm", "ffn_norm");
        names.put("mlp.gate_proj", "ffn_gate");
        names.put("mlp.up_proj", "ffn_up");
        names.put("mlp.down_proj", "ffn_down");
        return names;
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED for a tensor that ggml's architecture does not have */
    List<TensorOut> all() {
        add("model.embed_tokens.weight", "token_embd.weight");
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Map.Entry<String, String> names : OF_LAYER.entrySet()) {
                for (String part : List.of(".weight", ".bias")) {
                    add(
                            "model.layers." + layer + "." + names.getKey() + part,
                            "blk." + layer + "." + names.getValue() + part);
                }
            }
        }
        add("model.norm.weight", "output_norm.weight");
        if (config.tied()) {
            left.remove("lm_head.weight");
        } else {
            add("lm_head.weight", "output.weight");
        }
        addDivisors();
        left.removeIf(name -> name.endsWith("rotary_emb.inv_freq"));
        if (!left.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "the model has tensors that a GGUF file of " + config.architecture() + " has no place for, such as "
                            + left.iterator().next());
        }
        return out;
    }

    private void addDivisors() {
        List<Float> divisors = config.divisors();
        if (!divisors.isEmpty()) {
            TensorOut.Rows rows = (row, values) -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = divisors.get(i);
                }
            };
            out.add(new TensorOut("rope_freqs.weight", GgmlType.F32, divisors.size(), 1, true, rows));
        }
    }

    private void add(String name, String target) {
        if (!left.remove(name)) {
            return;
        }
        List<Long> shape = source.shape(name);
        boolean vector = shape.size() == 1;
        long columns = shape.getLast();
        if (shape.isEmpty() || shape.size() > 2 || columns < 1 || columns > 1 << 24) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "tensor " + name + " has shape " + shape + "; vectors and matrices can be written");
        }
        boolean moves = config.interleaves() && (target.contains("attn_q.") || target.contains("attn_k."));
        out.add(new TensorOut(
                target,
                vector ? GgmlType.F32 : type(target, columns),
                (int) columns,
                vector ? 1 : shape.getFirst(),
                vector,
                moves ? interleaved(name, vector) : (row, values) -> source.read(name, row, values)));
    }

    /** Embeddings and logits suffer most from four bits, so they get eight; rows that are no whole blocks stay F16. */
    private GgmlType type(String target, long columns) {
        boolean outside = target.startsWith("token_embd") || target.startsWith("output");
        GgmlType wanted = matrices == GgmlType.Q4_0 && outside ? GgmlType.Q8_0 : matrices;
        return columns % wanted.blockElements() == 0 ? wanted : GgmlType.F16;
    }

    private TensorOut.Rows interleaved(String name, boolean vector) {
        if (!vector) {
            return (row, values) -> source.read(name, from(row), values);
        }
        return (row, values) -> {
            float[] stored = new float[values.length];
            source.read(name, 0, stored);
            for (int i = 0; i < values.length; i++) {
                values[i] = stored[(int) from(i)];
            }
        };
    }

    /** The checkpoint's row of a row of the file: of each head, element 2i + part comes from part * headDim/2 + i. */
    private long from(long row) {
        int headDim = config.headDim();
        long inHead = row % headDim;
        return row - inHead + inHead % 2 * (headDim / 2) + inHead / 2;
    }
}
