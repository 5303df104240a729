package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.nativeruntime.BatchInvarianceTest.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that verify draw, position by position, the bits that one token at a time would have given. */
final class VerificationTest {

    private static final int MOST_PROPOSALS = 5;

    private static SamplingParams loaded(float temperature) {
        LogitBias bias = new LogitBias(TokenIds.of(3, 11), new float[] {2f, -1f});
        return new SamplingParams(temperature, 20, 0.95f, 0.01f, new Penalties(0.7f, 0.9f, 1.3f), bias, 5);
    }

    @ParameterizedTest
    @MethodSource("dev.foretoken.nativeruntime.BatchInvarianceTest#settings")
    void givesTheSameBitsWhateverWasProposed(Setting setting) {
        for (SamplingParams params : List.of(loaded(0f), loaded(1.2f))) {
            FakeSequence expected;
            try (StepLoop loop = BatchInvarianceTest.loop(setting, 1)) {
                expected = loop.generate(sequence(setting, params), BatchInvarianceTest.NEW_TOKENS, Integer.MAX_VALUE);
            }
            try (StepLoop loop = BatchInvarianceTest.loop(setting, 2)) {
                FakeSequence found = verified(loop, sequence(setting, params), expected);
                assertThat(BatchInvarianceTest.bits(found)).isEqualTo(BatchInvarianceTest.bits(expected));
            }
        }
    }

    private static FakeSequence sequence(Setting setting, SamplingParams params) {
        FakeSequence sequence = BatchInvarianceTest.sequence(setting);
        sequence.output = new OutputOptions(3, -1, false);
        return sequence.sampling(params);
    }

    /** Proposes the right tokens, each with a chance of three quarters, and checks that exactly the right ones are accepted. */
    private static FakeSequence verified(StepLoop loop, FakeSequence sequence, FakeSequence expected) {
        Random random = new Random(7);
        loop.generate(sequence, 1, 40);
        while (sequence.length() < expected.length()) {
            int most = Math.min(MOST_PROPOSALS, expected.length() - sequence.length() - 1);
            int[] proposals = new int[random.nextInt(most + 1)];
            int right = 0;
            for (int i = 0; i < proposals.length; i++) {
                boolean wrong = random.nextInt(4) == 0;
                int token = expected.tokenAt(sequence.length() + i);
                proposals[i] = wrong ? (token + 1) % 40 : token;
                right += !wrong && right == i ? 1 : 0;
            }
            assertThat(loop.verify(sequence, proposals))
                    .as(() -> "accepted of " + Arrays.toString(proposals))
                    .isEqualTo(right);
        }
        return sequence;
    }
}
