package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;

/** The plan of GPT-2 (Radford 2019). */
final class Gpt2Plan {

    record Sizes(int layers, int hidden, int heads, int inner, int vocabulary, int contextTokens) {}

    /**
     * @param scaledByHead scores are divided by the root of the head's size
     * @param scaledByLayer scores are divided by the layer's number, from 1
     */
    record Options(boolean tied, Activation activation, boolean scaledByHead, boolean scaledByLayer, float epsilon) {}

    /**
     * How a kind of file names tensors, without {@code .weight} and {@code .bias}.
     *
     * @param layers what precedes a layer's number
     * @param inputsFirst maps are stored as [inputs, outputs]
     */
    record Names(
            String tokens,
            String positions,
            String last,
            String head,
            String layers,
            Layer layer,
            boolean inputsFirst) {

        /** Of one layer, after its number. */
        record Layer(
                String attentionNorm,
                String queryKeyValue,
                String attentionOutput,
                String mlpNorm,
                String up,
                String down) {}

        /** {@code base}: what precedes the names of all tensors but the head's. */
        static Names huggingFace(String base) {
            Layer layer = new Layer("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj");
            return new Names(base + "wte", base + "wpe", base + "ln_f", "lm_head", base + "h.", layer, true);
        }

        static Names gguf() {
            Layer layer = new Layer("attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down");
            return new Names("token_embd", "position_embd", "output_norm", "output", "blk.", layer, false);
        }
    }

    private final Sizes sizes;
    private final Options options;
    private final Names names;

    private Gpt2Plan(Sizes sizes, Options options, Names names) {
        this.sizes = sizes;
        this.options = options;
        this.names = names;
    }

    static ModelPlan build(String architecture, Sizes sizes, Options options, Names names) {
        return new Gpt2Plan(sizes, options, names).build(architecture);
    }

    private ModelPlan build(String architecture) {
        MatrixRef tokens = new MatrixRef(names.tokens() + ".weight", sizes.vocabulary(), sizes.hidden());
        MatrixRef positions = new MatrixRef(names.positions() + ".weight", sizes.contextTokens(), sizes.hidden());
        MatrixRef head =
                options.tied() ? tokens : new MatrixRef(names.head() + ".weight", sizes.vocabulary(), sizes.hidden());
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String prefix = names.layers() + layer + ".";
            sublayers.add(Sublayer.of(norm(prefix + names.layer().attentionNorm()), attention(prefix, layer)));
            sublayers.add(Sublayer.of(norm(prefix + names.layer().mlpNorm()), mlp(prefix)));
        }
        return new ModelPlan(
                architecture,
                sizes.contextTokens(),
                new Embedding(tokens, 1, positions),
                sublayers,
                Head.of(norm(names.last()), head));
    }

    private Attention attention(String prefix, int layer) {
        int hidden = sizes.hidden();
        HeadLayout layout = new HeadLayout(sizes.heads(), sizes.heads(), hidden / sizes.heads());
        Linear fused = linear(prefix + names.layer().queryKeyValue(), 3 * hidden, hidden);
        Attention.Direct maps = new Attention.Direct(
                fused.outputs(0, hidden),
                fused.outputs(hidden, hidden),
                fused.outputs(2 * hidden, hidden),
                linear(prefix + names.layer().attentionOutput(), hidden, hidden));
        double scale = options.scaledByHead() ? 1 / Math.sqrt(layout.headDim()) : 1;
        Attention.Scores scores =
                new Attention.Scores((float) (options.scaledByLayer() ? scale / (layer + 1) : scale), 0);
        return new Attention(maps, null, layout, scores, null, 0, KvSource.own(layer));
    }

    private Mlp mlp(String prefix) {
        return new Mlp(
                null,
                linear(prefix + names.layer().up(), sizes.inner(), sizes.hidden()),
                linear(prefix + names.layer().down(), sizes.hidden(), sizes.inner()),
                options.activation());
    }

    private Linear linear(String name, int outputs, int inputs) {
        MatrixRef weight = names.inputsFirst()
                ? new MatrixRef(name + ".weight", inputs, outputs).transposed()
                : new MatrixRef(name + ".weight", outputs, inputs);
        return new Linear(weight, new VectorRef(name + ".bias", outputs));
    }

    private Norm norm(String name) {
        return Norm.layer(
                new VectorRef(name + ".weight", sizes.hidden()),
                new VectorRef(name + ".bias", sizes.hidden()),
                options.epsilon());
    }
}
