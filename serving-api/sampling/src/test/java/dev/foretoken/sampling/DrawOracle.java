package dev.foretoken.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Requires of passes over logits that the token drawn is the one at which the oracle's probabilities, summed by id, pass the uniform number. */
public final class DrawOracle {

    private static final float[] TEMPERATURES = {0.3f, 0.7f, 1, 1.6f};
    private static final int[] TOP_K = {0, 1, 40, 700, 3000};
    private static final float[] TOP_P = {1, 0.999f, 0.9f, 0.3f};
    private static final float[] MIN_P = {0, 0.02f};
    /** Sums of single-precision weights are this exact; a uniform number nearer to a bound may fall on either side. */
    private static final double ROUNDING = 3e-6;

    private final LogitPasses passes;
    private final Arena arena;
    private final Random random = new Random(20261122);

    public DrawOracle(LogitPasses passes, Arena arena) {
        this.passes = passes;
        this.arena = arena;
    }

    /** Draws {@code rounds} times with random parameters from rows of normally distributed logits. */
    public void requireOraclesTokens(int vocabulary, double spread, int rounds) {
        TokenSampler sampler = new TokenSampler(passes, vocabulary, arena);
        LogitRow row = new LogitRow(passes, vocabulary, arena);
        for (int round = 0; round < rounds; round++) {
            requireOraclesToken(sampler, row, logits(vocabulary, spread));
        }
    }

    private float[] logits(int vocabulary, double spread) {
        float[] logits = new float[vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            logits[id] = (float) (random.nextGaussian() * spread);
        }
        return logits;
    }

    private SamplingParams params() {
        Penalties penalties = random.nextBoolean() ? Penalties.NONE : new Penalties(0.4f, 0.3f, 1.2f);
        LogitBias bias =
                random.nextInt(3) > 0 ? LogitBias.NONE : new LogitBias(TokenIds.of(7, 900), new float[] {5, 9});
        return new SamplingParams(
                TEMPERATURES[random.nextInt(TEMPERATURES.length)],
                TOP_K[random.nextInt(TOP_K.length)],
                TOP_P[random.nextInt(TOP_P.length)],
                MIN_P[random.nextInt(MIN_P.length)],
                penalties,
                bias,
                random.nextLong());
    }

    private FakeSequence sequence(int vocabulary) {
        FakeSequence sequence = new FakeSequence(1, new int[] {3, 900, 14_000, 3}, 20).sampling(params());
        for (int token : new int[] {900, 31_999, 900}) {
            sequence.append(token);
        }
        sequence.suppressed = random.nextInt(3) > 0 ? TokenIds.EMPTY : TokenIds.of(2, vocabulary - 1);
        if (random.nextInt(3) == 0) {
            long words = Math.ceilDiv(vocabulary, Long.SIZE);
            sequence.mask = arena.allocate(8 * words, 8);
            for (long i = 0; i < words; i++) {
                sequence.mask.setAtIndex(ValueLayout.JAVA_LONG, i, random.nextLong());
            }
        }
        return sequence;
    }

    private void requireOraclesToken(TokenSampler sampler, LogitRow row, float[] logits) {
        FakeSequence sequence = sequence(logits.length);
        int position = sequence.length();
        boolean reported = random.nextBoolean();
        MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, logits);
        sampler.read(row, copy, sequence, position, reported);
        int token = sampler.draw(row, sequence, position);
        double[] probabilities = ReferenceSampler.probabilities(
                ReferenceSampler.edited(logits, sequence, position), sequence.sampling());
        double uniform = Philox.uniform(sequence.sampling().seed(), sequence.choice(), position);
        double before = 0;
        for (int id = 0; id < token; id++) {
            before += probabilities[id];
        }
        assertThat(probabilities[token])
                .as("%s draws a token it admits", sequence.sampling())
                .isPositive();
        assertThat(uniform)
                .as("%s draws token %d of %d", sequence.sampling(), token, logits.length)
                .isBetween(before - ROUNDING, before + probabilities[token] + ROUNDING);
    }
}
