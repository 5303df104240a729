package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackedWeightsTest {

    private static final byte[] CONFIG = CheckpointWriter.TINY_CONFIG.getBytes(StandardCharsets.UTF_8);

    @Test
    void holdsTheWeightsAfterTheirSourceIsClosed(@TempDir Path directory) {
        CheckpointWriter.tiny(directory, CheckpointWriter.tinyShapes(), FloatType.BF16);
        ModelPlan plan = PlanReader.read(CONFIG);
        List<Long> reported = new ArrayList<>();
        LoadProgress progress = (stage, done, total) -> {
            assertThat(done).isLessThanOrEqualTo(total);
            reported.add(done);
        };
        PackedWeights weights;
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read)) {
            weights =
                    PackedWeights.load(plan, checkpoint, RuntimeOptions.Weights.STORED, new ScalarKernels(), progress);
        }
        try (weights) {
            assertThat(weights.matrix(plan.head()).at(0, 1)).isEqualTo(roundedSixteenths(168 + 1));
            assertThat(weights.rows(plan.embedding()))
                    .isInstanceOfSatisfying(
                            RowTable.class, table -> assertThat(table.at(4, 3)).isEqualTo(19 / 16f));
            assertThat(FloatType.F32.load(weights.vector(plan.finalNorm().weight()), 0))
                    .isEqualTo(roundedSixteenths(164));
            assertThat(weights.bytes()).isPositive();
            assertThat(weights.encodingNames()).isEqualTo("BF16");
            assertThat(reported).isSorted().hasSizeGreaterThan(plan.matrices().size() - 1);
            assertThatThrownBy(() -> weights.matrix(new MatrixRef("other", 1, 1)))
                    .hasMessageContaining("other");
            assertThatThrownBy(() -> weights.vector(new VectorRef("other", 1))).hasMessageContaining("other");
        }
    }

    private static float roundedSixteenths(int index) {
        return FloatType.roundToBf16(index / 16f);
    }

    @Test
    void holdsTiedWeightsOnce() {
        String tied = CheckpointWriter.TINY_CONFIG.replaceFirst("\\{", "{\"tie_word_embeddings\": true, ");
        ModelPlan plan = PlanReader.read(tied.getBytes(StandardCharsets.UTF_8));
        try (PackedWeights weights = PackedWeights.load(
                plan,
                new RandomWeights("r"),
                RuntimeOptions.Weights.STORED,
                new ScalarKernels(),
                LoadProgress.SILENT)) {
            assertThat(weights.rows(plan.embedding())).isSameAs(weights.matrix(plan.head()));
        }
    }

    @Test
    void randomWeightsHaveTheirVarianceAndRepeat() {
        MatrixRef ref = new MatrixRef("w", 300, 401);
        try (Arena arena = Arena.ofConfined()) {
            RowTable first = new RandomWeights("r").table(ref, arena);
            RowTable again = new RandomWeights("r").table(ref, arena);
            RowTable other = new RandomWeights("r").table(new MatrixRef("v", 300, 401), arena);
            double sum = 0;
            double squares = 0;
            int equal = 0;
            for (int row = 0; row < 300; row++) {
                for (int column = 0; column < 401; column++) {
                    float value = first.at(row, column);
                    assertThat(again.at(row, column)).isEqualTo(value);
                    equal += other.at(row, column) == value ? 1 : 0;
                    sum += value;
                    squares += value * value;
                }
            }
            double count = 300 * 401;
            assertThat(sum / count).isCloseTo(0, within(4 / Math.sqrt(count * 401)));
            assertThat(squares / count * 401).isCloseTo(1, within(0.02));
            assertThat(equal).isLessThan(2000);
        }
    }
}
