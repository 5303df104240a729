package dev.foretoken.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How much of a row of logits is read for one token; the package's description promises these numbers. */
final class LogitPassesTest {

    private static final int VOCABULARY = 151_936;

    /** Counts the logits that the contract of each pass lets it read. */
    private static final class CountingPasses implements LogitPasses {
        private final LogitPasses plain = new PlainLogitPasses();
        private long read;

        @Override
        public void summarize(
                MemorySegment logits,
                int vocabulary,
                @Nullable MemorySegment mask,
                float inverseTemperature,
                boolean normalise,
                LogitSummary out) {
            read += vocabulary;
            plain.summarize(logits, vocabulary, mask, inverseTemperature, normalise, out);
        }

        @Override
        public void topK(
                MemorySegment logits,
                int vocabulary,
                LogitSummary summary,
                int k,
                MemorySegment ids,
                MemorySegment values) {
            float[] maxima = summary.blockMaxima().toArray(ValueLayout.JAVA_FLOAT);
            Arrays.sort(maxima);
            read += reaching(k <= maxima.length ? maxima[maxima.length - k] : Float.NEGATIVE_INFINITY, summary);
            plain.topK(logits, vocabulary, summary, k, ids, values);
        }

        @Override
        public int sample(
                MemorySegment logits,
                int vocabulary,
                LogitSummary summary,
                float inverseTemperature,
                float floor,
                float uniform) {
            boolean all = floor == Float.NEGATIVE_INFINITY;
            read += all ? LogitSummary.CHUNK : reaching(floor, summary);
            return plain.sample(logits, vocabulary, summary, inverseTemperature, floor, uniform);
        }

        private static long reaching(float floor, LogitSummary summary) {
            long blocks = 0;
            for (float max : summary.blockMaxima().toArray(ValueLayout.JAVA_FLOAT)) {
                blocks += max >= floor ? 1 : 0;
            }
            return blocks * LogitSummary.BLOCK;
        }
    }

    private final Arena arena = Arena.ofAuto();
    private final CountingPasses passes = new CountingPasses();
    private final MemorySegment logits = arena.allocate(VOCABULARY * 4L, 64);
    private final LogitRow row = new LogitRow(passes, VOCABULARY, arena);
    private final TokenSampler sampler = new TokenSampler(passes, VOCABULARY, arena);
    private double spread = 2.5;

    private double passes(SamplingParams params) {
        return draw(params, false);
    }

    private double draw(SamplingParams params, boolean reported) {
        Random random = new Random(3);
        for (int id = 0; id < VOCABULARY; id++) {
            logits.setAtIndex(ValueLayout.JAVA_FLOAT, id, (float) (random.nextGaussian() * spread));
        }
        FakeSequence sequence = new FakeSequence(1, new int[] {1, 2, 3}, 10).sampling(params);
        passes.read = 0;
        sampler.read(row, logits, sequence, 3, reported);
        sampler.draw(row, sequence, 3);
        return passes.read / (double) VOCABULARY;
    }

    private static SamplingParams params(float temperature, int topK, float topP, float minP) {
        return new SamplingParams(temperature, topK, topP, minP, Penalties.NONE, LogitBias.NONE, 7);
    }

    private static SamplingParams penalised(SamplingParams params) {
        LogitBias none = LogitBias.NONE;
        Penalties penalties = new Penalties(0.5f, 0.1f, 1.1f);
        return new SamplingParams(
                params.temperature(), params.topK(), params.topP(), params.minP(), penalties, none, 7);
    }

    @Test
    void greedyReadsARowOnce() {
        assertThat(passes(SamplingParams.GREEDY)).isEqualTo(1);
        assertThat(passes(penalised(SamplingParams.GREEDY))).isEqualTo(1);
    }

    @Test
    void aTemperatureReadsItOnceAndOneChunkAgain() {
        assertThat(passes(params(0.7f, 0, 1, 0))).isBetween(1.02, 1.03);
        assertThat(passes(penalised(params(0.7f, 0, 1, 0)))).isBetween(1.02, 1.03);
    }

    @Test
    void topKTopPAndMinPReadItOnceAndAFewBlocksAgain() {
        assertThat(passes(params(0.7f, 40, 1, 0))).isLessThan(1.04);
        assertThat(passes(params(0.7f, 40, 0.9f, 0.05f))).isLessThan(1.04);
        assertThat(passes(params(1, 0, 1, 0.1f))).isLessThan(1.04);
        assertThat(passes(params(0.5f, 0, 0.5f, 0))).isLessThan(1.04);
        assertThat(passes(penalised(params(0.5f, 0, 0.5f, 0.01f)))).isLessThan(1.04);
    }

    @Test
    void aNucleusOfHundredsOfTokensReadsAPartAgain() {
        assertThat(passes(params(0.8f, 0, 0.5f, 0))).isBetween(1.1, 1.7);
    }

    /** Nothing but the whole row tells where a nucleus of most tokens ends: the histogram walks over it besides, in Java. */
    @Test
    void aFlatNucleusReadsItAgain() {
        spread = 0.1;
        assertThat(passes(params(1, 0, 0.9f, 0))).isBetween(2.5, 2.6);
    }

    @Test
    void reportedLogitsThatAreChangedAreReadTwice() {
        assertThat(draw(SamplingParams.GREEDY, true)).isEqualTo(1);
        assertThat(draw(penalised(SamplingParams.GREEDY), true))
                .as("and copied, which is the third pass")
                .isEqualTo(2);
    }

    @Test
    void listedLogprobsReadAFewBlocksAgainAndGiveTheRankOfTheOracle() {
        draw(SamplingParams.GREEDY, true);
        LogprobReport report = new LogprobReport(VOCABULARY, arena);
        passes.read = 0;
        int[] listed = report.of(row, 17, 20).topIds();
        assertThat(passes.read / (double) VOCABULARY).isLessThan(0.01);
        for (int i = 0; i < listed.length; i++) {
            assertThat(report.of(row, listed[i], 20).rank()).isEqualTo(i + 1);
        }
        assertThat(report.of(row, 17, 0).rank()).isEqualTo(rankOf(17));
    }

    private int rankOf(int token) {
        float[] all = logits.toArray(ValueLayout.JAVA_FLOAT);
        int rank = 1;
        for (int id = 0; id < VOCABULARY; id++) {
            rank += all[id] > all[token] || (all[id] == all[token] && id < token) ? 1 : 0;
        }
        return rank;
    }
}
