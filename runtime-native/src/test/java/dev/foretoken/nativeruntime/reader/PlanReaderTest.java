package dev.foretoken.nativeruntime.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.RotaryScaling;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlanReaderTest {

    private static final String SIZES = """
            "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "vocab_size": 10, "max_position_embeddings": 64, "rms_norm_eps": 1e-5
            """;

    private static ModelPlan read(String type, String more) {
        String json = "{\"model_type\": \"%s\", %s%s}".formatted(type, SIZES, more.isEmpty() ? "" : "," + more);
        return PlanReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Linear linear(String name, int rows, int columns) {
        return new Linear(new MatrixRef(name + ".weight", rows, columns), null);
    }

    private static Norm norm(String name) {
        return Norm.rms(new VectorRef(name + ".weight", 8), 1e-5f);
    }

    @Test
    void readsLlamaIntoTheseSublayers() {
        ModelPlan plan = read("llama", "");
        String layer = "model.layers.1.";
        Attention attention = new Attention(
                new Attention.Direct(
                        linear(layer + "self_attn.q_proj", 8, 8),
                        linear(layer + "self_attn.k_proj", 4, 8),
                        linear(layer + "self_attn.v_proj", 4, 8),
                        linear(layer + "self_attn.o_proj", 8, 8)),
                null,
                new HeadLayout(4, 2, 2),
                new RotarySettings(2, 10000, new RotaryScaling.None()),
                0,
                KvSource.own(1));
        assertThat(plan.sublayers()).hasSize(4);
        assertThat(plan.sublayers().get(2)).isEqualTo(Sublayer.of(norm(layer + "input_layernorm"), attention));
        assertThat(plan.sublayers().get(3).norms()).containsExactly(norm(layer + "post_attention_layernorm"));
        assertThat(plan.mixers().get(3)).isInstanceOfSatisfying(Mlp.class, mlp -> {
            assertThat(mlp.linears())
                    .containsExactly(
                            linear(layer + "mlp.gate_proj", 12, 8),
                            linear(layer + "mlp.up_proj", 12, 8),
                            linear(layer + "mlp.down_proj", 8, 12));
        });
        assertThat(plan.embedding()).isEqualTo(new MatrixRef("model.embed_tokens.weight", 10, 8));
        assertThat(plan.head()).isEqualTo(new MatrixRef("lm_head.weight", 10, 8));
        assertThat(plan.finalNorm()).isEqualTo(norm("model.norm"));
        assertThat(plan.contextTokens()).isEqualTo(64);
    }

    @Test
    void tiesTheHeadByRepeatingTheReference() {
        ModelPlan plan = read("llama", "\"tie_word_embeddings\": true");
        assertThat(plan.head()).isEqualTo(plan.embedding());
        assertThat(plan.matrices()).hasSize(1 + 2 * 7);
    }

    @Test
    void readsBiasesWhereTheArchitectureHasThem() {
        assertThat(biases(read("llama", "\"attention_bias\": true"))).containsExactly(true, true, true, true);
        assertThat(biases(read("qwen2", ""))).containsExactly(true, true, true, false);
        assertThat(biases(read("qwen3", ""))).containsExactly(false, false, false, false);
        Mlp mlp = (Mlp) read("llama", "\"mlp_bias\": true").mixers().get(1);
        assertThat(mlp.down().bias()).isEqualTo(new VectorRef("model.layers.0.mlp.down_proj.bias", 8));
    }

    private static List<Boolean> biases(ModelPlan plan) {
        return plan.attentions().getFirst().linears().stream()
                .map(linear -> linear.bias() != null)
                .toList();
    }

    @Test
    void readsHeadNormsOfQwen3AndItsDefaultHeadSize() {
        Attention attention = read("qwen3", "").attentions().getFirst();
        assertThat(attention.layout().headDim()).isEqualTo(128);
        Attention.HeadNorms norms = attention.headNorms();
        assertThat(norms).isNotNull();
        assertThat(attention.norms()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mistral | '' | 4096, 4096",
                "mistral | \"sliding_window\": null | 0, 0",
                "mistral | \"sliding_window\": 16 | 16, 16",
                "qwen2 | \"use_sliding_window\": false, \"sliding_window\": 16, \"max_window_layers\": 1 | 0, 0",
                "qwen2 | \"use_sliding_window\": true, \"sliding_window\": 16, \"max_window_layers\": 1 | 0, 16",
                "qwen2 | \"use_sliding_window\": true, \"sliding_window\": null, \"max_window_layers\": 1 | 0, 0",
                "qwen3 | \"use_sliding_window\": true, \"sliding_window\": 16, \"max_window_layers\": 0, \"layer_types\": [\"sliding_attention\", \"full_attention\"] | 16, 0",
            })
    void readsWindows(String type, String more, String windows) {
        assertThat(read(type, more).attentions().stream().map(Attention::window).toList())
                .hasToString("[" + windows + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"rope_theta\": 5000 | 5000 | None[] | 64",
                "\"rope_parameters\": {\"rope_theta\": 7000, \"rope_type\": \"default\"} | 7000 | None[] | 64",
                "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2} | 10000 | Linear[factor=2.0] | 128",
                "\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 4} | 10000 | Dynamic[factor=4.0, originalContext=64] | 256",
                "\"rope_parameters\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 16} | 10000 | Llama3[factor=8.0, lowFrequency=1.0, highFrequency=4.0, originalContext=16] | 64",
                "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4, \"attention_factor\": 0.5, \"beta_fast\": 20, \"beta_slow\": 2, \"truncate\": false} | 10000 | Yarn[factor=4.0, attentionFactor=0.5, betaFast=20.0, betaSlow=2.0, originalContext=64, truncate=false] | 256",
                "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 1, \"mscale\": 2} | 10000 | Yarn[factor=1.0, attentionFactor=1.0, betaFast=32.0, betaSlow=1.0, originalContext=64, truncate=true] | 64",
            })
    void readsRotarySettingsInBothSpellings(String more, double theta, String scaling, int context) {
        ModelPlan plan = read("llama", more);
        RotarySettings rotary = plan.attentions().getFirst().rotary();
        assertThat(rotary.theta()).isEqualTo(theta);
        assertThat(rotary.scaling()).hasToString(scaling);
        assertThat(plan.contextTokens()).isEqualTo(context);
    }

    @Test
    void takesYarnsAttentionFactorFromTheFactor() {
        ModelPlan plan = read("llama", "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4}");
        RotaryScaling.Yarn yarn =
                (RotaryScaling.Yarn) plan.attentions().getFirst().rotary().scaling();
        assertThat(yarn.attentionFactor()).isEqualTo(0.1 * Math.log(4) + 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gptj | '' | model_type \"gptj\"; supported is one of",
                "llama | \"hidden_act\": \"mish\" | hidden_act \"mish\"; supported is one of silu",
                "llama | \"rope_scaling\": {\"rope_type\": \"longrope\", \"factor\": 2} | rope_type \"longrope\"; supported is one of default",
                "llama | \"rope_scaling\": {\"rope_type\": \"linear\"} | no factor",
                "llama | \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 0.5} | rope factor 0.5",
                "llama | \"partial_rotary_factor\": 0.5 | partial_rotary_factor 0.5; supported is 1",
                "llama | \"head_dim\": 3 | head_dim 3, must be even",
                "llama | \"head_dim\": 300 | head_dim 300, must be even and in [2, 256]",
                "llama | \"num_attention_heads\": 67108864, \"head_dim\": 256 | num_attention_heads * head_dim = 17179869184; supported is at most 67108864",
                "llama | \"num_key_value_heads\": 3 | 4 query heads, must be a positive multiple of its 3 KV heads",
                "qwen3 | \"layer_types\": [\"full_attention\"] | 1 entries; supported is one per layer: 2",
                "qwen3 | \"layer_types\": [\"full_attention\", \"linear_attention\"] | \"linear_attention\"",
                "qwen2 | \"layer_types\": [\"full_attention\", \"sliding_attention\"] | accompanied by a sliding_window",
                "olmoe | \"clip_qkv\": 0 | clip_qkv 0.0; supported is null or a positive number",
                "mixtral | \"num_experts_per_tok\": 9 | chooses 9 experts of 8",
                "qwen3_moe | \"hidden_act\": \"gelu\" | hidden_act",
                "gpt_oss | '' | rope_parameters absent; supported is",
                "gpt_oss | \"rope_scaling\": {}, \"swiglu_limit\": 5 | swiglu_limit 5.0; supported is 7.0",
                "gpt_oss | \"rope_scaling\": {}, \"sliding_window\": null | accompanied by a sliding_window",
            })
    void refusesWhatItCannotComputeInOneSentence(String type, String more, String part) {
        assertThatThrownBy(() -> read(type, more))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED))
                .hasMessageContaining(part);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden_size\": -1 | hidden_size=-1, must be a whole number in [1, 67108864]",
                "\"hidden_size\": 1e99 | hidden_size=1.0E99",
                "\"vocab_size\": \"10\" | vocab_size=\"10\"",
                "\"num_hidden_layers\": 4294967297 | num_hidden_layers=4294967297",
                "\"num_hidden_layers\": 50000000 | num_hidden_layers=50000000, must be a whole number in [1, 4096]",
                "\"rms_norm_eps\": [] | rms_norm_eps=[], must be a number",
                "\"tie_word_embeddings\": 1 | tie_word_embeddings=1, must be true or false",
                "\"rope_scaling\": 3 | rope_scaling=3, must be an object",
                "\"hidden_act\": {} | hidden_act={}, must be a string",
                "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4, \"beta_fast\": 0} | beta_fast=0, must be a positive number",
            })
    void refusesFieldsOfTheWrongType(String more, String message) {
        assertThatThrownBy(() -> read("llama", more))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"'', not a JSON object", "{, not valid JSON", "[], not a JSON object", "'\"x\"', not a JSON object"})
    void refusesWhatIsNoJsonObject(String json, String message) {
        assertThatThrownBy(() -> PlanReader.read(json.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining(message);
    }

    @Test
    void namesAMissingField() {
        byte[] json = "{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> PlanReader.read(json)).hasMessageContaining("has no num_attention_heads");
    }
}
