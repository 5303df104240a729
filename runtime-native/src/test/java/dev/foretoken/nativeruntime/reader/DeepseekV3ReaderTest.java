package dev.foretoken.nativeruntime.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.nativeruntime.cache.KvLayout;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeepseekV3ReaderTest {

    /** Three layers, the first dense; 2 heads of 4 plain and 2 turned elements over latent vectors of 10; {@code more} comes last. */
    private static ModelPlan read(String more) {
        String json = """
                {"model_type": "deepseek_v3", "hidden_size": 8, "intermediate_size": 12, "moe_intermediate_size": 6,
                 "num_hidden_layers": 3, "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": 20,
                 "max_position_embeddings": 64, "n_routed_experts": 4, "num_experts_per_tok": 2, "n_group": 2,
                 "topk_group": 1, "n_shared_experts": 2, "first_k_dense_replace": 1, "q_lora_rank": 6,
                 "kv_lora_rank": 10, "qk_nope_head_dim": 4, "qk_rope_head_dim": 2, "v_head_dim": 6 %s}""".formatted(more.isEmpty() ? "" : ", " + more);
        return PlanReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesMapsOfKeysAndValuesIntoEveryHeadsQueryAndResult() {
        Attention attention = read("").attentions().get(1);
        LatentMaps maps = (LatentMaps) attention.maps();
        MatrixRef ups = new MatrixRef("model.layers.1.self_attn.kv_b_proj.weight", 20, 10);
        assertThat(attention.layout()).isEqualTo(HeadLayout.latent(2, 2, 10));
        assertThat(maps.keyUps().get(1).weight()).isEqualTo(ups.rows(10, 4).transposed());
        assertThat(maps.valueUps().get(1).weight()).isEqualTo(ups.rows(14, 6));
        MatrixRef down = new MatrixRef("model.layers.1.self_attn.kv_a_proj_with_mqa.weight", 12, 8);
        assertThat(maps.cached().turned().weight()).isEqualTo(down.rows(10, 2));
        assertThat(maps.cached().latent().weight()).isEqualTo(down.rows(0, 10));
        assertThat(maps.cached().norm().epsilon()).isEqualTo(1e-6f);
        assertThat(maps.query().weight()).isEqualTo(new MatrixRef("model.layers.1.self_attn.q_b_proj.weight", 12, 6));
        assertThat(attention.rotary().pairing()).isEqualTo(RotaryPairing.NEIGHBOURS);
        assertThat(attention.scores().scale()).isEqualTo((float) (1 / Math.sqrt(6)));
    }

    @Test
    void storesOfATokenOnlyItsLatentVectorAndTheTurnedPartOfItsKey() {
        assertThat(KvLayout.of(read(""), KvType.F32).spec().kinds())
                .containsExactly(new CacheKind.PagedKv(3, 3 * (10 + 2) * 4, 0));
        assertThat(KvLayout.of(read(""), KvType.BF16).spec().kinds())
                .containsExactly(new CacheKind.PagedKv(3, 3 * (10 + 2) * 2, 0));
        assertThatThrownBy(() -> KvLayout.of(read(""), KvType.INT8)).hasMessageContaining("cannot be INT8");
    }

    @Test
    void routesByBiasedSigmoidsOfTheBestGroupsBesideAnExpertOfEveryToken() {
        ModelPlan plan = read("\"routed_scaling_factor\": 1.5");
        assertThat(plan.sublayers().get(1).mixers()).singleElement().isInstanceOf(Mlp.class);
        List<Mixer> mixers = plan.sublayers().get(3).mixers();
        assertThat(mixers).hasSize(2);
        assertThat(((Moe) mixers.getFirst()).routing())
                .isEqualTo(new Routing(
                        2,
                        Routing.Scoring.SIGMOID,
                        true,
                        1.5f,
                        new VectorRef("model.layers.1.mlp.gate.e_score_correction_bias", 4),
                        new Routing.Groups(2, 1)));
        assertThat(((Mlp) mixers.getLast()).inner()).isEqualTo(12);
        assertThat(read("\"n_shared_experts\": 0").sublayers().get(3).mixers()).hasSize(1);
    }

    @Test
    void sharpensScoresWhereTheRotationIsScaled() {
        String yarn =
                "\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 40, \"mscale\": 1.0, \"mscale_all_dim\": 1.0, \"original_max_position_embeddings\": 64}";
        double grown = 0.1 * Math.log(40) + 1;
        assertThat(read(yarn).attentions().getFirst().scores().scale())
                .isEqualTo((float) (grown * grown / Math.sqrt(6)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden_act\": \"gelu\" | hidden_act",
                "\"scoring_func\": \"softmax\" | scoring_func",
                "\"topk_method\": \"greedy\" | topk_method",
                "\"moe_layer_freq\": 2 | moe_layer_freq",
                "\"num_key_value_heads\": 1 | num_key_value_heads",
                "\"kv_lora_rank\": 600 | a cached key of 602 elements, must be even and in [2, 576]",
                "\"qk_rope_head_dim\": 3 | a cached key of 13 elements, must be even",
                "\"n_group\": 3 | keeps 1 of 3 groups",
                "\"rope_scaling\": {\"type\": \"other\"} | rope_type",
                "\"v_head_dim\": 60000000 | num_attention_heads * head size",
            })
    void refusesWhatItCannotCompute(String more, String named) {
        assertThatThrownBy(() -> read(more)).hasMessageContaining(named);
    }
}
