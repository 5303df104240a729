package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.RandomWeights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Small models with random weights, opened without files. */
final class RandomModels {

    static final RandomWeights WEIGHTS = new RandomWeights("test");

    private RandomModels() {}

    /** Three layers with two windows and one full attention; head norms. */
    static ModelPlan windowed() {
        return plan("""
                {"model_type": "qwen3", "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": 40,
                 "max_position_embeddings": 512, "use_sliding_window": true, "sliding_window": 37,
                 "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}""");
    }

    static ModelPlan llama(String more) {
        return plan("""
                {"model_type": "llama", "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 3,
                 "num_attention_heads": 3, "num_key_value_heads": 1, "vocab_size": 40,
                 "max_position_embeddings": 128 %s}""".formatted(more));
    }

    /** Two of five experts in each of three layers. */
    static ModelPlan experts() {
        return plan("""
                {"model_type": "mixtral", "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 3,
                 "num_attention_heads": 3, "num_key_value_heads": 1, "vocab_size": 40, "num_local_experts": 5,
                 "max_position_embeddings": 128}""");
    }

    /** Three of four experts in the second layer, their weights not normalised. */
    static ModelPlan someExperts() {
        return plan("""
                {"model_type": "qwen3_moe", "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 3,
                 "num_attention_heads": 3, "num_key_value_heads": 1, "head_dim": 8, "vocab_size": 40, "num_experts": 4,
                 "num_experts_per_tok": 3, "moe_intermediate_size": 7, "decoder_sparse_step": 2,
                 "max_position_embeddings": 128}""");
    }

    /** Sinks, windows in turns, a gate of its own, experts that are views of one tensor. */
    static ModelPlan sinks() {
        return plan("""
                {"model_type": "gpt_oss", "hidden_size": 24, "intermediate_size": 10, "num_hidden_layers": 3,
                 "num_attention_heads": 3, "num_key_value_heads": 1, "head_dim": 8, "vocab_size": 40, "num_local_experts": 4,
                 "num_experts_per_tok": 2, "sliding_window": 20, "max_position_embeddings": 128,
                 "rope_parameters": {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 32,
                 "truncate": false}}""");
    }

    static ModelPlan plan(String json) {
        return PlanReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The plan with other sublayers. */
    static ModelPlan changed(ModelPlan plan, UnaryOperator<Sublayer> change) {
        return PlanValidator.validated(
                plan.withSublayers(plan.sublayers().stream().map(change).toList()));
    }

    /** Attention 2 reads the keys and values of attention 1. */
    static ModelPlan sharing() {
        ModelPlan plan = llama("");
        Attention reader = plan.attentions().get(2);
        return changed(
                plan, s -> s.withMixers(mixer -> mixer.equals(reader) ? reader.withSource(new KvSource(1, 1)) : mixer));
    }

    /** Every sublayer normalises what it adds and not what it reads. */
    static ModelPlan outputNorms() {
        return changed(
                llama(""),
                sublayer -> new Sublayer(atOutput(sublayer.norms()), sublayer.residualScale(), sublayer.mixers()));
    }

    /** Every option of a dense decoder that the readers' own families do not have in this mixture. */
    static ModelPlan scaled() {
        ModelPlan plan = changed(
                llama(""),
                sublayer -> new Sublayer(
                        List.of(
                                layerNorm("in.weight", 24),
                                layerNorm("out.weight", 24).at(Norm.Placement.OUTPUT)),
                        0.375f,
                        sublayer.withMixers(RandomModels::scaled).mixers()));
        return PlanValidator.validated(new ModelPlan(
                plan.architecture(),
                plan.contextTokens(),
                new Embedding(plan.embedding(), 1.75f, new MatrixRef("positions", 130, 24)),
                plan.sublayers(),
                new Head(layerNorm("last.weight", 24), plan.head(), 2.5f, 3)));
    }

    private static Mixer scaled(Mixer mixer) {
        return switch (mixer) {
            case Attention a -> {
                Norm query = Norm.rms(new VectorRef("query.weight", 24), 1e-5f);
                Norm key = Norm.rms(new VectorRef("key.weight", 8), 1e-5f);
                yield new Attention(
                        a.maps(),
                        new Attention.HeadNorms(query, key),
                        a.layout(),
                        new Attention.Scores(0.7f, 1.5f),
                        null,
                        a.window(),
                        a.source());
            }
            case Mlp m -> new Mlp(null, m.up(), m.down(), Activation.GELU);
            case Moe m -> m;
            case Projection p -> p;
            case Recurrent r -> r;
            case SharedExpert e -> e;
        };
    }

    private static Norm layerNorm(String name, int width) {
        return Norm.layer(
                new VectorRef(name, width).plus(0.5f), new VectorRef(name + ".bias", width).plus(0.25f), 1e-5f);
    }

    /** Attention and MLP of a layer compute from one input. */
    static ModelPlan branches() {
        ModelPlan plan = llama("");
        List<Sublayer> joined = new ArrayList<>();
        for (int i = 0; i < plan.sublayers().size(); i += 2) {
            Sublayer first = plan.sublayers().get(i);
            List<Mixer> mixers = new ArrayList<>(first.mixers());
            mixers.addAll(plan.sublayers().get(i + 1).mixers());
            joined.add(new Sublayer(first.norms(), first.residualScale(), mixers));
        }
        return PlanValidator.validated(plan.withSublayers(joined));
    }

    private static List<Norm> atOutput(List<Norm> norms) {
        Norm norm = norms.getFirst();
        return List.of(norm.at(Norm.Placement.OUTPUT));
    }

    static NativeSequenceRuntime with(StrategyTable strategies, ModelPlan plan) {
        Kernels kernels = new ScalarKernels();
        Network network = new Network(plan, network(plan, kernels).weights(), strategies);
        return NativeSequenceRuntime.of(new NativeSequenceRuntime.Parts(
                network, null, kernels, KvType.F32, plan.contextTokens(), AdapterLimits.NONE, "test"));
    }

    static NativeSequenceRuntime open(ModelPlan plan) {
        return open(plan, null);
    }

    /** {@code draft}: plan of the draft part; null = none. */
    static NativeSequenceRuntime open(ModelPlan plan, @Nullable ModelPlan draft) {
        Kernels kernels = new ScalarKernels();
        return NativeSequenceRuntime.of(new NativeSequenceRuntime.Parts(
                network(plan, kernels),
                draft == null ? null : network(draft, kernels),
                kernels,
                KvType.F32,
                plan.contextTokens(),
                AdapterLimits.NONE,
                "test"));
    }

    static Network network(ModelPlan plan, Kernels kernels) {
        return new Network(
                plan, PackedWeights.load(plan, WEIGHTS, RuntimeOptions.Weights.STORED, kernels, LoadProgress.SILENT));
    }

    static int[] prompt(int length, int vocabulary, long seed) {
        return new Random(seed).ints(length, 0, vocabulary).toArray();
    }
}
