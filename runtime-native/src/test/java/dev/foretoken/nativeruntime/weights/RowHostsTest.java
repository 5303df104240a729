package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.JoinedRows;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RowHostsTest {

    private static final int HIDDEN = 128;

    private static ModelPlan plain(int headDim) {
        return PlanReader.read("""
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": 128, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": %d, "vocab_size": 40,
                 "max_position_embeddings": 128}""".formatted(HIDDEN, headDim).getBytes(StandardCharsets.UTF_8));
    }

    /** The second layer's last head is the first layer's second one. */
    private static ModelPlan aliased(ModelPlan plan, int headDim) {
        MatrixRef first = plan.attentions().getFirst().direct().query().matrix();
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        sublayers.set(2, sublayers.get(2).withMixers(mixer -> {
            Attention attention = (Attention) mixer;
            Attention.Direct maps = attention.direct();
            Linear query = maps.query();
            MatrixRef own = query.matrix();
            JoinedRows joined = new JoinedRows(List.of(own.rows(0, 3 * headDim), first.rows(headDim, headDim)));
            return attention.withMaps(
                    new Attention.Direct(query.withWeight(joined), maps.key(), maps.value(), maps.output()));
        }));
        return PlanValidator.validated(plan.withSublayers(sublayers));
    }

    private static PackedWeights load(ModelPlan plan, Weights encoding, Kernels kernels) {
        return PackedWeights.load(plan, new RandomWeights("r"), encoding, kernels, LoadProgress.SILENT);
    }

    @ParameterizedTest
    @EnumSource(Weights.class)
    void readsSharedHeadsInTheMemoryOfTheirMatrix(Weights encoding) {
        ModelPlan plan = plain(32);
        ModelPlan aliased = aliased(plan, 32);
        try (Kernels kernels = new ScalarKernels();
                PackedWeights whole = load(plan, encoding, kernels);
                PackedWeights weights = load(aliased, encoding, kernels)) {
            MatrixRef host = plan.attentions().getFirst().direct().query().matrix();
            WeightMatrix held = weights.matrix(host);
            WeightMatrix guest = weights.matrix(host.rows(32, 32));
            long bytes = held.panels().byteSize();
            assertThat(guest.panels().address()).isEqualTo(held.panels().address() + bytes / 4);
            assertThat(whole.bytes() - weights.bytes()).isEqualTo(held.bytes() / 4);
            for (int row = 0; row < 32; row++) {
                for (int column = 0; column < HIDDEN; column++) {
                    assertThat(guest.at(row, column)).isEqualTo(held.at(32 + row, column));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Weights.class,
            names = {"STORED", "Q8_0"})
    void holdsHeadsApartThatDoNotFillPanels(Weights encoding) {
        ModelPlan aliased = aliased(plain(8), 8);
        try (Kernels kernels = new ScalarKernels();
                PackedWeights weights = load(aliased, encoding, kernels)) {
            MatrixRef host = aliased.attentions().getFirst().direct().query().matrix();
            WeightMatrix guest = weights.matrix(host.rows(8, 8));
            for (int row = 0; row < 8; row++) {
                assertThat(guest.at(row, 5)).isEqualTo(weights.matrix(host).at(8 + row, 5));
            }
        }
    }
}
