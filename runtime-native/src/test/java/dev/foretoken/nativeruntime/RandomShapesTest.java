package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RandomShapesTest {

    /** The published parameter counts. */
    @ParameterizedTest
    @CsvSource({
        "llama-1.1b, 1100048384, 2048",
        "llama-160m, 162417408, 2048",
        "llama-68m, 68030208, 2048",
        "qwen2.5-0.5b, 494032768, 32768",
        "mamba-370m, 371516416, 131072",
        "mamba2-370m, 368346624, 131072"
    })
    void hasTheParametersOfTheModelItIsNamedAfter(String name, long parameters, int contextTokens) {
        ModelPlan plan = RandomShapes.plan(name);
        long matrices = plan.matrices().stream()
                .mapToLong(ref -> (long) ref.rows() * ref.columns())
                .sum();
        long vectors = plan.vectors().stream().mapToLong(ref -> ref.size()).sum();
        assertThat(matrices + vectors).isEqualTo(parameters);
        assertThat(plan.contextTokens()).isEqualTo(contextTokens);
    }
}
