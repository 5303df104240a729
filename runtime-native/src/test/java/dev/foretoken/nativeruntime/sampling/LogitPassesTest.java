package dev.foretoken.nativeruntime.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.nativeruntime.TestSequence;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.LogitSummary;
import dev.foretoken.nativeruntime.kernels.layout.SampleRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How often the kernels go over a row of logits for one token; the package's description promises these numbers. */
final class LogitPassesTest {

    private static final int VOCABULARY = 5000;

    /** Counts kernels that read a whole row. */
    private static final class CountingKernels extends ScalarKernels {
        private int passes;

        @Override
        public void summarize(MemorySegment logits, int rows, int vocabulary, LogitSummary out) {
            passes += rows;
            super.summarize(logits, rows, vocabulary, out);
        }

        @Override
        public void topK(
                MemorySegment logits, int rows, int vocabulary, int k, MemorySegment ids, MemorySegment values) {
            passes += rows;
            super.topK(logits, rows, vocabulary, k, ids, values);
        }

        @Override
        public void sample(MemorySegment logits, int rows, int vocabulary, MemorySegment max, SampleRequest request) {
            passes += rows;
            super.sample(logits, rows, vocabulary, max, request);
        }
    }

    private final Arena arena = Arena.ofAuto();
    private final CountingKernels kernels = new CountingKernels();
    private final MemorySegment row = arena.allocate(VOCABULARY * 4L, 64);
    private final Summaries summaries = new Summaries(1, VOCABULARY, arena);

    private int passes(SamplingParams params) {
        draw(params);
        return kernels.passes;
    }

    private int draw(SamplingParams params) {
        Random random = new Random(3);
        for (int id = 0; id < VOCABULARY; id++) {
            row.setAtIndex(ValueLayout.JAVA_FLOAT, id, (float) (random.nextGaussian() * 4));
        }
        TokenSampler sampler = new TokenSampler(kernels, VOCABULARY, arena);
        TestSequence sequence = new TestSequence(1, new int[] {1, 2, 3}, 10).sampling(params);
        kernels.passes = 0;
        summaries.compute(kernels, row, 1);
        return sampler.draw(row, summaries, 0, sequence, 3);
    }

    private static SamplingParams params(float temperature, int topK, float topP, float minP) {
        return new SamplingParams(temperature, topK, topP, minP, Penalties.NONE, LogitBias.NONE, 7);
    }

    @Test
    void greedyReadsARowOnce() {
        assertThat(passes(SamplingParams.GREEDY)).isEqualTo(1);
    }

    @Test
    void aTemperatureOrMinPReadsItTwice() {
        assertThat(passes(params(0.7f, 0, 1, 0))).isEqualTo(2);
        assertThat(passes(params(0.7f, 0, 1, 0.1f))).isEqualTo(2);
    }

    @Test
    void topKOrTopPReadsItThreeTimes() {
        assertThat(passes(params(0.7f, 40, 1, 0))).isEqualTo(3);
        assertThat(passes(params(0.7f, 40, 0.9f, 0.05f))).isEqualTo(3);
        assertThat(passes(params(1, 0, 0.5f, 0))).isEqualTo(3);
    }

    @Test
    void topPWithATemperatureAndPenaltiesReadACopyToo() {
        assertThat(passes(params(0.7f, 0, 0.5f, 0)))
                .as("the tempered row is summarized; writing it is the other pass")
                .isEqualTo(4);
        Penalties penalties = new Penalties(0.5f, 0, 1);
        assertThat(passes(new SamplingParams(0, 0, 1, 0, penalties, LogitBias.NONE, 7)))
                .as("the edited copy is summarized; copying is the other pass")
                .isEqualTo(2);
    }

    @Test
    void listedLogprobsReadItOnceMoreAndGiveTheRankOfTheOracle() {
        draw(SamplingParams.GREEDY);
        LogprobReport report = new LogprobReport(kernels, VOCABULARY, arena);
        kernels.passes = 0;
        int[] listed = report.of(row, summaries, 0, 17, 20).topIds();
        assertThat(kernels.passes).isEqualTo(1);
        for (int i = 0; i < listed.length; i++) {
            assertThat(report.of(row, summaries, 0, listed[i], 20).rank()).isEqualTo(i + 1);
            assertThat(report.of(row, summaries, 0, listed[i], 0).rank()).isEqualTo(i + 1);
        }
    }
}
