package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.StepPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is predicted does not depend on chunks, threads, or what else is in a step, and exact rows do not notice it. */
final class PredictedBatchTest {

    private static final int NEW_TOKENS = 6;
    private static final int BLOCKS = 96;

    @TempDir
    private Path folder;

    private PredictionFolder prediction;

    @BeforeEach
    void write() throws IOException {
        prediction = new PredictionFolder(folder)
                .separate("qwen3-window-layers", "gemma3-mixed", List.of(1, 3, 5), PredictionFolder.random(11));
    }

    static Stream<RuntimeOptions> options() {
        Stream.Builder<RuntimeOptions> options = Stream.builder();
        for (CacheType type : List.of(CacheType.F32, CacheType.BF16, CacheType.F16, CacheType.INT8)) {
            for (Precision precision : Precision.values()) {
                options.add(new RuntimeOptions(type, "auto", precision, 0));
            }
        }
        options.add(new RuntimeOptions(CacheType.F32, "vector", Precision.EXACT, 0));
        options.add(new RuntimeOptions(CacheType.BF16, "scalar", Precision.FAST, 0));
        return options.build();
    }

    private List<String> alone(RuntimeOptions options, int length) {
        try (StepLoop loop = new StepLoop(prediction.open(options, 1), BLOCKS)) {
            FakeSequence sequence = loop.predicted(PredictionTest.sequence(length, length), length);
            return BatchInvarianceTest.bits(loop.generate(sequence, NEW_TOKENS, 1));
        }
    }

    private List<String> exactAlone(RuntimeOptions options, int length) {
        try (StepLoop loop = new StepLoop(prediction.open(options, 1), BLOCKS)) {
            return BatchInvarianceTest.bits(loop.generate(PredictionTest.sequence(length, length), NEW_TOKENS, length));
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void givesTheSameBitsForAnyChunkSizeAndThreadCount(RuntimeOptions options) {
        List<String> alone = alone(options, 67);
        int threads = 1;
        for (int chunk : new int[] {1, 7, 31, 32, 33, 64}) {
            try (StepLoop loop = new StepLoop(prediction.open(options, 1 + threads++ % 3), BLOCKS)) {
                FakeSequence sequence = loop.predicted(PredictionTest.sequence(67, 67), chunk);
                assertThat(BatchInvarianceTest.bits(loop.generate(sequence, NEW_TOKENS, 1)))
                        .as("chunk %d", chunk)
                        .isEqualTo(alone);
            }
        }
    }

    /** Prompts that are predicted together, then answered together with one that is computed meanwhile. */
    @ParameterizedTest
    @MethodSource("options")
    void givesTheSameBitsAmongPredictedAndExactOnes(RuntimeOptions options) {
        List<Integer> lengths = List.of(2, 33, 67, 40);
        int exact = 50;
        try (StepLoop loop = new StepLoop(prediction.open(options, 2), BLOCKS)) {
            List<FakeSequence> predicted = new ArrayList<>();
            lengths.forEach(length -> predicted.add(PredictionTest.sequence(length, length)));
            while (predicted.stream().anyMatch(PredictedBatchTest::lacks)) {
                loop.predict(
                        predicted.stream().filter(PredictedBatchTest::lacks).toList(), 13);
            }
            FakeSequence computed = PredictionTest.sequence(exact, exact);
            List<FakeSequence> all = new ArrayList<>(predicted);
            all.add(1, computed);
            while (all.stream().anyMatch(s -> s.length() < s.promptTokens() + NEW_TOKENS)) {
                loop.step(
                        all.stream()
                                .filter(s -> s.length() < s.promptTokens() + NEW_TOKENS)
                                .toList(),
                        9);
            }
            for (int i = 0; i < lengths.size(); i++) {
                assertThat(BatchInvarianceTest.bits(predicted.get(i))).isEqualTo(alone(options, lengths.get(i)));
            }
            assertThat(BatchInvarianceTest.bits(computed)).isEqualTo(exactAlone(options, exact));
        }
    }

    private static boolean lacks(FakeSequence sequence) {
        return sequence.computed < sequence.promptTokens() - 1;
    }

    /** Behind exact K and V, which the auxiliary has to see too: also with other rows of its step that only fill its caches. */
    @Test
    void predictsTheSameBehindAnExactPrefix() {
        RuntimeOptions options = new RuntimeOptions(CacheType.F32, "auto", Precision.EXACT, 0);
        try (StepLoop loop = new StepLoop(prediction.open(options, 1), BLOCKS)) {
            FakeSequence whole = loop.predicted(PredictionTest.sequence(90, 4), 90);
            FakeSequence behind = loop.begin(PredictionTest.sequence(90, 4), 64, 64);
            loop.fill(behind, 0, 40);
            FakeSequence other = PredictionTest.sequence(50, 9);
            loop.fillAndPredict(behind, 40, 24, List.of(other), 20);
            loop.predicted(behind, 11);
            for (int kind = 0; kind < behind.tables.size(); kind++) {
                int last = behind.tables.get(kind).size() - 1;
                assertThat(loop.block(behind, kind, last)).isEqualTo(loop.block(whole, kind, last));
            }
            FakeSequence alone = loop.predicted(PredictionTest.sequence(50, 9), 50);
            loop.predicted(other, 50);
            assertThat(loop.block(other, 0, 0)).isEqualTo(loop.block(alone, 0, 0));
        }
    }

    @Test
    void anExactAnswerIsThatOfTheBaseAlone() {
        RuntimeOptions options = new RuntimeOptions(CacheType.BF16, "auto", Precision.FAST, 0);
        try (StepLoop loop = new StepLoop(Conformance.open("qwen3-window-layers", options, 1), BLOCKS)) {
            List<String> base =
                    BatchInvarianceTest.bits(loop.generate(PredictionTest.sequence(50, 50), NEW_TOKENS, 50));
            assertThat(exactAlone(options, 50)).isEqualTo(base);
        }
    }

    @Test
    void aPromptOfOneTokenNeedsNoAuxiliary() {
        RuntimeOptions options = new RuntimeOptions(CacheType.F32, "auto", Precision.EXACT, 0);
        assertThat(alone(options, 1)).isEqualTo(exactAlone(options, 1)).hasSize(2 * NEW_TOKENS);
    }

    /** Repair: a predicted sequence goes on in one row while another row computes the same positions exactly elsewhere. */
    @Test
    void repairsBesideTheSameSequencesAnswer() {
        RuntimeOptions options = new RuntimeOptions(CacheType.F32, "auto", Precision.EXACT, 0);
        List<String> alone = alone(options, 67);
        try (StepLoop loop = new StepLoop(prediction.open(options, 2), BLOCKS)) {
            FakeSequence sequence = loop.predicted(PredictionTest.sequence(67, 67), 67);
            FakeSequence shadow = PredictionTest.sequence(67, 67);
            for (int i = 0; i < NEW_TOKENS; i++) {
                StepPlan plan = loop.plan();
                plan.clear();
                loop.addRow(plan, sequence, RowKind.COMPUTE, 1, StepPlan.WANT_SAMPLE);
                loop.addRow(plan, shadow, RowKind.REPAIR, 10, 0);
                loop.run(sequence, 1);
                shadow.computed += 10;
            }
            assertThat(BatchInvarianceTest.bits(sequence)).isEqualTo(alone);
            FakeSequence exact = loop.begin(PredictionTest.sequence(67, 67), 60, 60);
            assertThat(loop.block(shadow, 0, 0)).isEqualTo(loop.block(exact, 0, 0));
        }
    }
}
