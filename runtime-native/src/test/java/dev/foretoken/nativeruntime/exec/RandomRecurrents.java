package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link RandomModels} whose layers carry states. */
final class RandomRecurrents {

    private static final int HIDDEN = 24;
    /** Added to the ones that random weights have: states that last for some tens of tokens. */
    private static final float SLOW = -3.5f;

    private RandomRecurrents() {}

    /** Mamba; Mamba-2 beside an MLP; attention; the delta rule. */
    static ModelPlan mixed() {
        ModelPlan plan = RandomModels.llama("");
        Attention attention = plan.attentions().getFirst().withSource(KvSource.own(0));
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        sublayers.set(0, with(sublayers.get(0), mamba()));
        sublayers.set(
                1, with(sublayers.get(1), sublayers.get(1).mixers().getFirst(), mamba2(gate("m2", 20, 10, true))));
        sublayers.set(2, with(sublayers.get(2), attention));
        sublayers.set(4, with(sublayers.get(4), delta()));
        return PlanValidator.validated(plan.withSublayers(sublayers));
    }

    /** States alone; the gate of the second is without a norm. */
    static ModelPlan states() {
        ModelPlan plan = RandomModels.llama("");
        Sublayer any = plan.sublayers().getFirst();
        return PlanValidator.validated(
                plan.withSublayers(List.of(with(any, delta()), with(any, mamba2(null)), with(any, mamba()))));
    }

    /** Maps whose rows take turns, gates of heads and of a shared expert. */
    static ModelPlan gated() {
        return RandomModels.plan("""
                {"model_type": "qwen3_next", "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": 40, "num_experts": 4,
                 "num_experts_per_tok": 2, "moe_intermediate_size": 7, "shared_expert_intermediate_size": 10,
                 "linear_num_key_heads": 2, "linear_num_value_heads": 6, "linear_key_head_dim": 5,
                 "linear_value_head_dim": 4, "full_attention_interval": 2, "mlp_only_layers": [2], "attention_bias": true,
                 "partial_rotary_factor": 0.5, "max_position_embeddings": 512}""");
    }

    private static Sublayer with(Sublayer sublayer, Mixer... mixers) {
        return new Sublayer(sublayer.norms(), sublayer.residualScale(), List.of(mixers));
    }

    private static Mamba mamba() {
        int channels = 10;
        int states = 3;
        int rank = 2;
        Mamba.Maps maps = new Mamba.Maps(
                linear("m.x", channels, HIDDEN),
                linear("m.z", channels, HIDDEN),
                linear("m.time", rank, channels),
                linear("m.b", states, channels),
                linear("m.c", states, channels),
                linear("m.dt", channels, rank),
                linear("m.out", HIDDEN, channels));
        Rates rates = new Rates(new VectorRef("m.A_log", channels * states).plus(SLOW), true);
        return new Mamba(
                maps,
                convolution("m", channels, 4),
                new Mamba.Scan(channels, states, rates, new VectorRef("m.D", channels)),
                new Mamba.Norms(norm("m.time_norm", rank), null, norm("m.c_norm", states)));
    }

    private static Mamba2 mamba2(@Nullable GatedNorm norm) {
        int heads = 4;
        int headDim = 5;
        int states = 6;
        int groups = 2;
        int joint = heads * headDim + 2 * groups * states;
        Mamba2.Maps maps = new Mamba2.Maps(
                linear("m2.z", heads * headDim, HIDDEN),
                linear("m2.x", joint, HIDDEN),
                linear("m2.time", heads, HIDDEN),
                linear("m2.out", HIDDEN, heads * headDim));
        Mamba2.Scan scan = new Mamba2.Scan(
                heads,
                headDim,
                states,
                groups,
                new Rates(new VectorRef("m2.A_log", heads).plus(SLOW), true),
                new VectorRef("m2.D", heads),
                new Mamba2.Steps(new VectorRef("m2.dt_bias", heads).plus(-1), 0.3f, 1.2f));
        return new Mamba2(maps, convolution("m2", joint, 3), scan, norm);
    }

    private static DeltaNet delta() {
        int keyWidth = 2 * 6;
        int valueWidth = 4 * 5;
        DeltaNet.Maps maps = new DeltaNet.Maps(
                linear("d.q", keyWidth, HIDDEN),
                linear("d.k", keyWidth, HIDDEN),
                linear("d.v", valueWidth, HIDDEN),
                linear("d.z", valueWidth, HIDDEN),
                linear("d.beta", 4, HIDDEN),
                linear("d.time", 4, HIDDEN),
                linear("d.out", HIDDEN, valueWidth));
        DeltaNet.Inputs inputs = new DeltaNet.Inputs(
                convolution("d.q", keyWidth, 4), convolution("d.k", keyWidth, 4), convolution("d.v", valueWidth, 4));
        DeltaNet.Rule rule = new DeltaNet.Rule(
                2, 4, 6, 5, new Rates(new VectorRef("d.A_log", 4).plus(SLOW), true), new VectorRef("d.dt_bias", 4));
        return new DeltaNet(maps, inputs, rule, gate("d", 5, 5, false));
    }

    private static GatedNorm gate(String name, int width, int group, boolean gateFirst) {
        return new GatedNorm(norm(name + ".norm", width), group, gateFirst);
    }

    private static Norm norm(String name, int width) {
        return Norm.rms(new VectorRef(name + ".weight", width), 1e-5f);
    }

    private static Linear linear(String name, int outputs, int inputs) {
        return new Linear(new MatrixRef(name + ".weight", outputs, inputs), null);
    }

    private static Convolution convolution(String name, int channels, int taps) {
        return new Convolution(
                VectorRef.all(name + ".conv1d.weight", channels, 1, taps),
                new VectorRef(name + ".conv1d.bias", channels),
                channels,
                taps);
    }
}
