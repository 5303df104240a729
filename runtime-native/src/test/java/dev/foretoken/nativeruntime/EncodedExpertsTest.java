package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Experts of gpt-oss in MXFP4 are those of the directory that holds the same numbers as BF16. */
final class EncodedExpertsTest {

    private static final String FLOATS = "gpt-oss-bf16";
    private static final String ENCODED = "gpt-oss-mxfp4";

    @Test
    void readsExactlyTheNumbersThatTheyMean() {
        try (Arena arena = Arena.ofShared();
                Kernels kernels = new ScalarKernels();
                Checkpoint floats = open(FLOATS);
                Checkpoint encoded = open(ENCODED)) {
            List<Mlp> expected = experts(floats);
            List<Mlp> actual = experts(encoded);
            assertThat(actual).hasSameSizeAs(expected).hasSize(16);
            for (int i = 0; i < expected.size(); i++) {
                for (int map = 0; map < 3; map++) {
                    RowTable table = ((StoredMatrix.Floats) floats.matrix(
                                    expected.get(i).linears().get(map).matrix(), arena))
                            .table();
                    StoredMatrix.Blocks blocks = (StoredMatrix.Blocks)
                            encoded.matrix(actual.get(i).linears().get(map).matrix(), arena);
                    requireSame(kernels.pack(blocks.rows(), arena), table);
                }
            }
        }
    }

    private static Checkpoint open(String name) {
        return Checkpoint.open(Conformance.root().resolve(name), EncodingReader::read);
    }

    private static List<Mlp> experts(Checkpoint checkpoint) {
        return PlanReader.read(checkpoint.config(), checkpoint::has).mixers().stream()
                .filter(Moe.class::isInstance)
                .flatMap(mixer -> ((Moe) mixer).experts().stream())
                .toList();
    }

    private static void requireSame(WeightMatrix actual, RowTable expected) {
        float[] row = new float[expected.columns()];
        for (int n = 0; n < expected.rows(); n++) {
            expected.read(n, row);
            int at = n;
            assertThat(IntStream.range(0, row.length).filter(k -> actual.at(at, k) != row[k]))
                    .isEmpty();
        }
    }

    /** What rounding activations to 8 bits may cost: the paths of this model turn at small differences. */
    @Test
    void choosesNearlyAllTokensOfTheFloats() {
        int same = 0;
        int all = 0;
        try (StepLoop loop = new StepLoop(
                Conformance.open(ENCODED, Conformance.options("auto", RuntimeOptions.CacheType.F32), 1), 64)) {
            for (Conformance.Prompt prompt : Conformance.prompts(FLOATS)) {
                int[] text = IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(prompt.tokens()))
                        .toArray();
                FakeSequence sequence = new FakeSequence(1, text, 1).reporting(1, 0);
                loop.generate(sequence, 1, Integer.MAX_VALUE);
                List<TokenLogprobs> scores = sequence.promptScores;
                all += prompt.tokens().length;
                same += (int) scores.subList(scores.size() - prompt.tokens().length, scores.size()).stream()
                        .filter(score -> score.rank() == 1)
                        .count();
                loop.free(sequence);
            }
        }
        assertThat(same).isGreaterThanOrEqualTo(all * 9 / 10);
    }
}
