package dev.foretoken.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenSamplerTest {

    private static final LogitPasses PASSES = new PlainLogitPasses();
    private static final int[] PROMPT = {1, 2, 3, 2};

    private final Arena arena = Arena.ofAuto();

    private static SamplingParams params(float temperature, int topK, float topP, float minP) {
        return new SamplingParams(temperature, topK, topP, minP, Penalties.NONE, LogitBias.NONE, 7);
    }

    private static float[] logits(int vocabulary, double spread, long seed) {
        Random random = new Random(seed);
        float[] logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            logits[i] = (float) (random.nextGaussian() * spread);
        }
        return logits;
    }

    /** A sequence whose generated tokens are 5, 5, 6. */
    private static FakeSequence sequence(SamplingParams params) {
        FakeSequence sequence = new FakeSequence(1, PROMPT, 100).sampling(params);
        for (int token : new int[] {5, 5, 6}) {
            sequence.append(token);
        }
        return sequence;
    }

    private MemorySegment row(float[] logits) {
        MemorySegment row = arena.allocate(logits.length * 4L, 64);
        MemorySegment.copy(logits, 0, row, ValueLayout.JAVA_FLOAT, 0, logits.length);
        return row;
    }

    private int draw(TokenSampler sampler, float[] logits, FakeSequence sequence, int position) {
        LogitRow read = new LogitRow(PASSES, logits.length, arena);
        sampler.read(read, row(logits), sequence, position, false);
        int token = sampler.draw(read, sequence, position);
        MemorySegment reported = row(logits);
        sampler.read(read, reported, sequence, position, true);
        assertThat(sampler.draw(read, sequence, position)).as("reported or not").isEqualTo(token);
        assertThat(reported.toArray(ValueLayout.JAVA_FLOAT))
                .as("a row that is reported stays as it is")
                .isEqualTo(logits);
        return token;
    }

    /** Draws at many positions; each count must follow the oracle's probabilities. */
    private void requireDistribution(float[] logits, FakeSequence sequence) {
        double[] expected = ReferenceSampler.probabilities(
                ReferenceSampler.edited(logits, sequence, sequence.length()), sequence.sampling());
        TokenSampler sampler = new TokenSampler(PASSES, logits.length, arena);
        int draws = logits.length > 1000 ? 600 : 3000;
        int[] counts = new int[logits.length];
        LogitRow row = new LogitRow(PASSES, logits.length, arena);
        sampler.read(row, row(logits), sequence, sequence.length(), false);
        for (int i = 0; i < draws; i++) {
            // the choice is part of the key and not of the history
            sequence.choice = i;
            counts[sampler.draw(row, sequence, sequence.length())]++;
        }
        requireChiSquare(counts, expected, draws);
    }

    private static void requireChiSquare(int[] counts, double[] expected, int draws) {
        double chiSquare = 0;
        int cells = 0;
        double restExpected = 0;
        int restCount = 0;
        for (int id = 0; id < counts.length; id++) {
            double mean = expected[id] * draws;
            assertThat(mean > 0 || counts[id] == 0)
                    .as("token %d was excluded", id)
                    .isTrue();
            if (mean < 8) {
                restExpected += mean;
                restCount += counts[id];
            } else {
                chiSquare += (counts[id] - mean) * (counts[id] - mean) / mean;
                cells++;
            }
        }
        if (restExpected >= 8) {
            chiSquare += (restCount - restExpected) * (restCount - restExpected) / restExpected;
            cells++;
        }
        // mean + 4.5 standard deviations of chi-square with cells - 1 degrees of freedom
        assertThat(chiSquare).isLessThan(cells + 4.5 * Math.sqrt(2.0 * cells) + 3);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, 0",
        "0.7, 0, 1, 0",
        "1.5, 0, 1, 0",
        "1, 3, 1, 0",
        "1, 1, 1, 0",
        "0.8, 0, 0.5, 0",
        "1, 0, 0.9, 0",
        "1, 0, 0, 0",
        "2, 0, 0.97, 0",
        "1, 0, 1, 0.2",
        "1.3, 10, 0.8, 0.05",
        "1, 200, 0.7, 0",
        "0.01, 5, 0.9, 0"
    })
    void drawsFromTheOraclesDistribution(float temperature, int topK, float topP, float minP) {
        SamplingParams params = params(temperature, topK, topP, minP);
        requireDistribution(logits(150, 2, 11), sequence(params));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0.9, 0", "3, 0, 0.5, 0", "1, 1500, 1, 0", "1, 1500, 0.8, 0", "0.9, 0, 0.99, 0.001"})
    void drawsFromTheOraclesDistributionWhenManyTokensAreKept(float temperature, int topK, float topP, float minP) {
        requireDistribution(logits(3000, 1, 12), sequence(params(temperature, topK, topP, minP)));
    }

    @Test
    void appliesBiasPenaltiesSuppressionAndMaskBeforeDrawing() {
        Penalties penalties = new Penalties(0.5f, 0.7f, 1.4f);
        LogitBias bias = new LogitBias(TokenIds.of(5, 9), new float[] {3f, -100f});
        FakeSequence sequence = sequence(new SamplingParams(1f, 0, 1f, 0f, penalties, bias, 3));
        sequence.suppressed = TokenIds.of(0, 20);
        sequence.mask = arena.allocate(16, 8);
        sequence.mask.setAtIndex(ValueLayout.JAVA_LONG, 0, 0x0000_FFFF_FFFF_0FFFL);
        sequence.mask.setAtIndex(ValueLayout.JAVA_LONG, 1, -1L);
        requireDistribution(logits(70, 1.5, 13), sequence);
    }

    @Test
    void penalisesFrequencyOfGeneratedTokensOnly() {
        FakeSequence sequence =
                sequence(new SamplingParams(0f, 0, 1f, 0f, new Penalties(0f, 2f, 1f), LogitBias.NONE, 0));
        float[] logits = new float[8];
        logits[5] = 3.9f;
        logits[2] = 1f;
        TokenSampler sampler = new TokenSampler(PASSES, 8, arena);
        assertThat(draw(sampler, logits, sequence, 7)).isEqualTo(2);
        assertThat(draw(sampler, logits, sequence, 5))
                .as("history ends before the position")
                .isEqualTo(5);
        assertThat(draw(sampler, logits, sequence, 7)).as("counts start afresh").isEqualTo(2);
    }

    @Test
    void takesTheFirstOfEqualLogitsWhenGreedy() {
        TokenSampler sampler = new TokenSampler(PASSES, 5, arena);
        assertThat(draw(sampler, new float[] {1, 4, 2, 4, 4}, sequence(SamplingParams.GREEDY), 7))
                .isEqualTo(1);
    }

    @Test
    void drawsTheSameForTheSameKeyAndOtherwiseNot() {
        float[] logits = logits(1000, 0.5, 14);
        TokenSampler sampler = new TokenSampler(PASSES, 1000, arena);
        FakeSequence sequence = sequence(params(1, 0, 1, 0));
        int first = draw(sampler, logits, sequence, 7);
        int other = draw(sampler, logits, sequence, 6);
        assertThat(draw(new TokenSampler(PASSES, 1000, arena), logits, sequence, 7))
                .isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        sequence.choice = 1;
        assertThat(draw(sampler, logits, sequence, 7)).isNotEqualTo(first);
        sequence.choice = 0;
        sequence.sampling = sequence.sampling.withSeed(8);
        assertThat(draw(sampler, logits, sequence, 7)).isNotEqualTo(first);
    }

    @Test
    void admitsSuppressedTokensWhenTheMaskLeavesNothingElse() {
        FakeSequence sequence = sequence(SamplingParams.GREEDY);
        sequence.suppressed = TokenIds.of(3);
        sequence.mask = arena.allocate(8, 8);
        sequence.mask.set(ValueLayout.JAVA_LONG, 0, 1L << 3);
        TokenSampler sampler = new TokenSampler(PASSES, 5, arena);
        assertThat(draw(sampler, new float[] {9, 8, 7, 1, 6}, sequence, 7)).isEqualTo(3);
    }

    @Test
    void refusesToDrawWhereNothingIsAdmitted() {
        FakeSequence sequence = sequence(SamplingParams.GREEDY);
        sequence.mask = arena.allocate(8, 8);
        TokenSampler sampler = new TokenSampler(PASSES, 5, arena);
        assertThatThrownBy(() -> draw(sampler, new float[5], sequence, 7))
                .hasMessageContaining("No token can be drawn at position 7 of sequence 1");
        FakeSequence open = sequence(SamplingParams.GREEDY);
        float[] broken = {Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN};
        assertThatThrownBy(() -> draw(sampler, broken, open, 7)).hasMessageContaining("damaged weights");
    }

    @Test
    void reportsLogprobsOfUnmodifiedLogits() {
        float[] logits = {1f, 3f, 2f, 3f};
        LogitRow row = new LogitRow(PASSES, 4, arena);
        row.readToReport(row(logits));
        LogprobReport report = new LogprobReport(4, arena);
        double normaliser = Math.log(Math.exp(1) + 2 * Math.exp(3) + Math.exp(2));
        TokenLogprobs of2 = report.of(row, 2, 3);
        assertThat((double) of2.logprob()).isCloseTo(2 - normaliser, within(1e-6));
        assertThat(of2.rank()).isEqualTo(3);
        assertThat(of2.topIds()).containsExactly(1, 3, 2);
        assertThat((double) of2.topLogprobs()[0]).isCloseTo(3 - normaliser, within(1e-6));
        assertThat(report.of(row, 3, 0).rank()).isEqualTo(2);
        assertThat(report.of(row, 1, 0).rank()).isEqualTo(1);
        assertThat(report.of(row, 0, 99).topIds()).hasSize(4);
    }
}
