package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The narrow model's weights are the whole model's, value by value, in every encoding. */
final class WidthSliceTest {

    private static final ScalarKernels KERNELS = new ScalarKernels();

    private static ModelPlan plan(int inner) {
        return PlanReader.read("""
                {"model_type": "llama", "hidden_size": 128, "intermediate_size": %d, "num_hidden_layers": 2,
                 "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 40,
                 "max_position_embeddings": 128, "mlp_bias": true}""".formatted(inner).getBytes(StandardCharsets.UTF_8));
    }

    private static PackedWeights weights(ModelPlan plan, Weights encoding) {
        return PackedWeights.load(plan, new RandomWeights("test"), encoding, KERNELS, LoadProgress.SILENT);
    }

    @ParameterizedTest
    @EnumSource(Weights.class)
    void everyWeightThatIsKeptHasTheValueItHasInTheWholeModel(Weights encoding) {
        ModelPlan plan = plan(384);
        try (PackedWeights whole = weights(plan, encoding)) {
            WidthSlice slice = WidthSlice.of(plan, whole, 0.5, KERNELS);
            try (PackedWeights narrow = slice.weights()) {
                for (int i = 0; i < plan.mixers().size(); i++) {
                    if (plan.mixers().get(i) instanceof Mlp from
                            && slice.plan().mixers().get(i) instanceof Mlp to) {
                        assertThat(to.gate().outputs()).isBetween(128, 256);
                        requireSame(
                                whole, from.gate().matrix(), narrow, to.gate().matrix());
                        requireSame(whole, from.up().matrix(), narrow, to.up().matrix());
                        requireSame(
                                whole, from.down().matrix(), narrow, to.down().matrix());
                    }
                }
                assertThat(narrow.matrix(plan.head())).isSameAs(whole.matrix(plan.head()));
                assertThat(narrow.bytes()).isBetween(1L, whole.bytes() / 4);
            }
        }
    }

    private static void requireSame(PackedWeights whole, MatrixRef from, PackedWeights narrow, MatrixRef to) {
        WeightMatrix all = whole.matrix(from);
        WeightMatrix kept = narrow.matrix(to);
        assertThat(kept.encoding()).isEqualTo(all.encoding());
        assertThat(kept.rows()).isEqualTo(to.rows());
        assertThat(kept.columns()).isEqualTo(to.columns());
        for (int row = 0; row < to.rows(); row++) {
            for (int column = 0; column < to.columns(); column++) {
                assertThat(kept.at(row, column)).isEqualTo(all.at(row, column));
            }
        }
    }

    @Test
    void aWholeModelStaysUsableWhenItsSliceIsClosed() {
        ModelPlan plan = plan(64);
        try (PackedWeights whole = weights(plan, Weights.STORED)) {
            float before = whole.matrix(plan.head()).at(1, 1);
            WidthSlice.of(plan, whole, 0.25, KERNELS).weights().close();
            assertThat(whole.matrix(plan.head()).at(1, 1)).isEqualTo(before);
        }
    }

    @Test
    void refusesAShareThatCutsNothing() {
        ModelPlan plan = plan(16);
        try (PackedWeights whole = weights(plan, Weights.STORED)) {
            assertThatThrownBy(() -> WidthSlice.of(plan, whole, 0.5, KERNELS))
                    .hasMessageContaining("draft-slice=0.5 leaves no feed-forward layer of this model narrower");
        }
    }
}
