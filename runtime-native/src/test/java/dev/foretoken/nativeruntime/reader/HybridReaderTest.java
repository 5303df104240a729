package dev.foretoken.nativeruntime.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that have both states and attention. */
final class HybridReaderTest {

    private static ModelPlan read(String type, String more) {
        String json = """
                {"model_type": "%s", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 4, "vocab_size": 10,
                 "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64%s}""".formatted(type, more.isEmpty() ? "" : "," + more);
        return PlanReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static ModelPlan qwen(String more) {
        return read("qwen3_next", """
                "head_dim": 4, "partial_rotary_factor": 0.5, "linear_num_key_heads": 2, "linear_num_value_heads": 4,
                "linear_key_head_dim": 3, "linear_value_head_dim": 5, "num_experts": 4, "num_experts_per_tok": 2,
                "moe_intermediate_size": 6, "shared_expert_intermediate_size": 7""" + more);
    }

    @Test
    void takesTheMapsOfEveryKeyHeadOfQwenNextApart() {
        DeltaNet delta = (DeltaNet) qwen("").mixers().getFirst();
        MatrixRef fused = new MatrixRef("model.layers.0.linear_attn.in_proj_qkvz.weight", 52, 8);
        assertThat(storedRows(delta.maps().query().matrix())).containsExactly(0, 1, 2, 26, 27, 28);
        assertThat(storedRows(delta.maps().key().matrix())).containsExactly(3, 4, 5, 29, 30, 31);
        assertThat(delta.maps().value().matrix()).isEqualTo(fused.rowBlocks(6, 10, 26, 20));
        assertThat(delta.maps().gate().matrix()).isEqualTo(fused.rowBlocks(16, 10, 26, 20));
        assertThat(storedRows(delta.maps().beta().matrix())).containsExactly(0, 1, 4, 5);
        assertThat(storedRows(delta.maps().time().matrix())).containsExactly(2, 3, 6, 7);
    }

    @Test
    void readsAttentionWithAGateAndExpertsBesideASharedOne() {
        ModelPlan plan = qwen(", \"mlp_only_layers\": [1]");
        Attention attention = plan.attentions().getFirst();
        assertThat(plan.attentions()).hasSize(1);
        assertThat(storedRows(attention.direct().query().matrix())).containsExactly(0, 1, 2, 3, 8, 9, 10, 11);
        assertThat(storedRows(attention.direct().gate().matrix())).containsExactly(4, 5, 6, 7, 12, 13, 14, 15);
        assertThat(attention.rotary().dims()).isEqualTo(2);
        assertThat(attention.headNorms().query().weight().plus()).isEqualTo(1);
        List<Sublayer> sublayers = plan.sublayers();
        assertThat(sublayers.get(1).mixers()).hasSize(2).last().isInstanceOf(SharedExpert.class);
        assertThat(sublayers.get(3).mixers()).singleElement().isInstanceOf(Mlp.class);
        assertThat(plan.finalNorm().weight().plus()).isEqualTo(1);
    }

    private static List<Integer> storedRows(MatrixRef ref) {
        return IntStream.range(0, ref.rows()).mapToObj(ref::storedRow).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bamba | \"hidden_act\": \"gelu\" | hidden_act \"gelu\"; supported is silu",
                "bamba | \"mamba_n_heads\": 4, \"mamba_d_head\": 3 | mamba_n_heads * mamba_d_head = 12; supported is the mixer's width, 16",
                "bamba | \"mamba_n_heads\": 4, \"mamba_d_head\": \"wide\" | mamba_d_head \"wide\"; supported is \"auto\" or a number",
                "bamba | \"mamba_n_heads\": 4, \"partial_rotary_factor\": 0.3, \"mamba_d_head\": 4 | partial_rotary_factor 0.3",
                "falcon_h1 | \"mamba_d_ssm\": 16, \"mamba_n_heads\": 4, \"ssm_multipliers\": [1, 2] | ssm_multipliers=[1,2], must be a list of 5 numbers",
                "falcon_h1 | \"mamba_d_ssm\": 16, \"mamba_n_heads\": 4, \"mamba_n_groups\": 3 | 4 heads in 3 groups",
                "falcon_h1 | \"mamba_d_ssm\": 16, \"mamba_n_heads\": 4, \"key_multiplier\": 0 | map is scaled by 0.0, must not be 0",
                "granitemoehybrid | \"mamba_n_heads\": 4, \"position_embedding_type\": \"alibi\" | position_embedding_type \"alibi\"",
                "granitemoehybrid | \"mamba_n_heads\": 4, \"layer_types\": [\"window\"] | layer_types \"window\"",
                "granitemoehybrid | \"mamba_n_heads\": 4, \"layer_types\": [\"mamba\"] | layer_types 1 entries; supported is one per layer: 4 entries",
                "jamba | \"mamba_dt_rank\": \"large\" | mamba_dt_rank \"large\"; supported is \"auto\" or a number",
                "jamba | \"num_experts\": 2, \"num_experts_per_tok\": 3 | chooses 3 experts of 2",
                "jamba | \"mamba_expand\": 33554432 | mamba_expand * hidden_size = 268435456; supported is at most",
                "nemotron_h | \"hybrid_override_pattern\": \"MX\" | layers_block_type \"X\"",
                "nemotron_h | \"hybrid_override_pattern\": \"\" | layers_block_type without entries",
                "nemotron_h | \"layers_block_type\": [\"mamba\"], \"mamba_hidden_act\": \"relu\" | mamba_hidden_act \"relu\"; supported is silu",
                "zamba | \"tie_word_embeddings\": false | tie_word_embeddings false; supported is true",
                "zamba2 | \"layers_block_type\": [\"attention\"] | layers_block_type \"attention\"; supported is hybrid or linear_attention",
                "zamba2 | \"layers_block_type\": [\"hybrid\"] | layers_block_type 1 entries",
                "qwen3_next | \"linear_num_key_heads\": 3, \"linear_num_value_heads\": 4 | linear_num_value_heads = 4; supported is a multiple of",
                "qwen3_next | \"hidden_act\": \"gelu\" | hidden_act \"gelu\"; supported is silu",
                "qwen3_next | \"linear_conv_kernel_dim\": 1 | convolution over 1 tokens, must be in [2, 16]",
                "qwen3_next | \"num_experts\": 4, \"num_experts_per_tok\": 5 | chooses 5 experts of 4",
                "qwen3_next | \"head_dim\": 6 | partial_rotary_factor 0.25; supported is a share of head_dim=6 that is even",
            })
    void refusesWhatItCannotComputeInOneSentence(String type, String more, String part) {
        assertThatThrownBy(() -> read(type, more))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(part);
    }
}
