package dev.foretoken.nativeruntime.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StateSpaceReaderTest {

    private static ModelPlan read(String type, String more) {
        String json = """
                {"model_type": "%s", "hidden_size": 8, "num_hidden_layers": 2, "vocab_size": 10%s}""".formatted(type, more.isEmpty() ? "" : "," + more);
        return PlanReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesTheFusedMapsOfMambaApart() {
        ModelPlan plan = read("mamba", "\"use_bias\": true, \"state_size\": 5, \"time_step_rank\": 3");
        Mamba mamba = (Mamba) plan.mixers().get(1);
        String prefix = "backbone.layers.1.mixer.";
        MatrixRef fused = new MatrixRef(prefix + "in_proj.weight", 32, 8);
        VectorRef bias = new VectorRef(prefix + "in_proj.bias", 32);
        assertThat(mamba.maps().input()).isEqualTo(new Linear(fused.rows(0, 16), bias.slice(0, 16)));
        assertThat(mamba.maps().gate()).isEqualTo(new Linear(fused.rows(16, 16), bias.slice(16, 16)));
        MatrixRef mixed = new MatrixRef(prefix + "x_proj.weight", 13, 16);
        assertThat(mamba.maps().time().weight()).isEqualTo(mixed.rows(0, 3));
        assertThat(mamba.maps().b().weight()).isEqualTo(mixed.rows(3, 5));
        assertThat(mamba.maps().c().weight()).isEqualTo(mixed.rows(8, 5));
        assertThat(mamba.convolution().bias()).isEqualTo(new VectorRef(prefix + "conv1d.bias", 16));
        assertThat(plan.head()).isEqualTo(plan.embedding());
        assertThat(plan.attentions()).isEmpty();
    }

    @Test
    void roundsTheRankOfTimeStepsUp() {
        Mamba small =
                (Mamba) read("mamba", "\"time_step_rank\": \"auto\"").mixers().getFirst();
        Mamba large = (Mamba) read("mamba", "\"hidden_size\": 17").mixers().getFirst();
        assertThat(small.maps().time().outputs()).isEqualTo(1);
        assertThat(large.maps().time().outputs()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[0.0, Infinity] | 0 | Infinity",
                "[0.0, {\"__float__\": \"Infinity\"}] | 0 | Infinity",
                "[0.1, 2] | 0.1 | 2",
                "null | 0 | Infinity",
            })
    void readsTheLimitsOfTimeSteps(String written, float low, float high) {
        ModelPlan plan =
                read("mamba2", "\"num_heads\": 4, \"head_dim\": 4, \"n_groups\": 2, \"time_step_limit\": " + written);
        Mamba2 mamba = (Mamba2) plan.mixers().getFirst();
        assertThat(mamba.scan().steps().low()).isEqualTo(low);
        assertThat(mamba.scan().steps().high()).isEqualTo(high);
        assertThat(plan.tied()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mamba | \"hidden_act\": \"gelu\" | hidden_act \"gelu\"; supported is silu",
                "mamba | \"time_step_rank\": \"large\" | time_step_rank \"large\"; supported is \"auto\" or a number",
                "mamba | \"expand\": 33554432 | expand * hidden_size = 268435456; supported is at most",
                "mamba | \"conv_kernel\": 1 | convolution over 1 tokens, must be in [2, 16]",
                "mamba2 | \"num_heads\": 3, \"head_dim\": 4 | num_heads * head_dim = 12; supported is expand * hidden_size = 16",
                "mamba2 | \"num_heads\": 4, \"head_dim\": 4, \"n_groups\": 3 | 4 heads in 3 groups",
                "mamba2 | \"num_heads\": 4, \"head_dim\": 4, \"n_groups\": 2, \"rms_norm\": false | rms_norm false; supported is true",
                "mamba2 | \"num_heads\": 4, \"head_dim\": 4, \"time_step_limit\": [1, 0] | two ascending numbers",
                "mamba2 | \"num_heads\": 4, \"head_dim\": 4, \"n_groups\": 2, \"time_step_limit\": [-1, 0] | limits time steps to [-1.0, 0.0]",
            })
    void refusesWhatItCannotComputeInOneSentence(String type, String more, String part) {
        assertThatThrownBy(() -> read(type, more))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(part);
    }
}
