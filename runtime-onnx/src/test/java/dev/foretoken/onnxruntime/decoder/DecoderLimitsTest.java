package dev.foretoken.onnxruntime.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.onnxruntime.decoder.DecoderFixture.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a runtime says of itself, and how far it goes. */
final class DecoderLimitsTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-genai", "llama-plain", "llama-static", "llama-genai-bare"})
    void fillsTheWholeContextAndRefusesToGoBeyond(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        try (DecoderLoop loop = new DecoderLoop(fixture.open(), 2)) {
            FakeSequence sequence =
                    new FakeSequence(1, fixture.goldens().getFirst().prompt(), 200);
            while (sequence.computed < DecoderFixture.CONTEXT) {
                loop.step(List.of(sequence), 50);
            }
            assertThat(sequence.length()).isEqualTo(DecoderFixture.CONTEXT + 1);
            assertThatThrownBy(() -> loop.step(List.of(sequence), 1))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                    .hasMessageContaining("129 tokens")
                    .hasMessageContaining("room for 128");
        }
    }

    @Test
    void offersWhatItsCachesCanDo() {
        try (DecoderRuntime shared = DecoderFixture.of("llama-genai").open();
                DecoderRuntime growing = DecoderFixture.of("llama-plain").open();
                DecoderRuntime state = DecoderFixture.of("mamba").open();
                DecoderRuntime both = DecoderFixture.of("hybrid").open()) {
            assertThat(shared.capabilities().features())
                    .containsExactlyInAnyOrder(
                            Feature.RAGGED_ROWS,
                            Feature.MIXED_SPANS,
                            Feature.TOKEN_MASKS,
                            Feature.PROMPT_LOGPROBS,
                            Feature.ROLLBACK);
            for (DecoderRuntime other : List.of(growing, state, both)) {
                assertThat(other.capabilities().features())
                        .doesNotContain(Feature.ROLLBACK, Feature.PREFIX_SHARING, Feature.BATCH_INVARIANT);
            }
            assertThat(shared.shape().base().caches().kinds())
                    .containsExactly(new CacheKind.ContiguousSlot(2, 2 * 2 * 2 * 128 * 16 * 4, 128));
            assertThat(state.shape().base().caches().kinds())
                    .containsExactly(new CacheKind.RecurrentState(2, 2 * 2 * 64 * (3 + 8) * 4));
            assertThat(both.shape().base().caches().kinds()).hasSize(2);
            assertThat(shared.shape().base().hiddenSize()).isEqualTo(32);
        }
    }

    @Test
    void takesTheShortestOfAllContexts() {
        DecoderFixture fixture = DecoderFixture.of("llama-genai");
        try (DecoderRuntime runtime = DecoderRuntimes.open(
                fixture.session(),
                fixture.facts(),
                RuntimeOptions.DEFAULT.withMaxContext(64),
                DecoderFixture.COMPUTE)) {
            assertThat(runtime.shape().contextTokens()).isEqualTo(64);
        }
        assertThatThrownBy(() -> DecoderRuntimes.open(
                        DecoderFixture.of("llama-plain").session(),
                        DecoderFacts.of("m", 0, 1, "test"),
                        RuntimeOptions.DEFAULT,
                        DecoderFixture.COMPUTE))
                .hasMessageContaining("how long a sequence may be");
    }

    @Test
    void verifiesProposalsAndGoesBackByPosition() {
        DecoderFixture fixture = DecoderFixture.of("llama-genai");
        Golden golden = fixture.goldens().getFirst();
        int[] greedy = golden.greedy();
        try (DecoderLoop loop = new DecoderLoop(fixture.open(), 2)) {
            FakeSequence sequence = new FakeSequence(1, golden.prompt(), 20);
            loop.step(List.of(sequence), 64);
            int wrong = (greedy[2] + 1) % DecoderFixture.VOCABULARY;
            int[] drawn = loop.verify(sequence, greedy[1], wrong, greedy[3]);
            assertThat(drawn).hasSize(4).startsWith(greedy[1], greedy[2]);
            sequence.then(greedy[1], greedy[2]);
            sequence.computed += 2;
            while (sequence.generated().length < greedy.length) {
                loop.step(List.of(sequence), 1);
            }
            assertThat(sequence.generated()).isEqualTo(greedy);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-plain", "llama-keep", "llama-static"})
    void scoresPromptTokensAsTheReferenceDoes(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        Golden golden = fixture.goldens().getFirst();
        int first = golden.prompt().length;
        int[] prompt = Arrays.copyOf(golden.prompt(), first + 5);
        System.arraycopy(golden.greedy(), 0, prompt, first, 5);
        try (DecoderLoop loop = new DecoderLoop(fixture.open(), 1)) {
            FakeSequence sequence = new FakeSequence(1, prompt, 2).reporting(-1, 0);
            while (sequence.generated().length == 0) {
                loop.step(List.of(sequence), 5);
            }
            assertThat(sequence.promptScores).hasSize(prompt.length - 1);
            for (int i = 0; i < 5; i++) {
                double[] logits = golden.logits().get(i);
                double sum = Math.log(Arrays.stream(logits).map(Math::exp).sum());
                assertThat((double) sequence.promptScores.get(first - 1 + i).logprob())
                        .isCloseTo(logits[golden.greedy()[i]] - sum, within(1e-3));
            }
        }
    }

    @Test
    void drawsBySeedWhateverTheCompanyAndKeepsToMasks() {
        DecoderFixture fixture = DecoderFixture.of("llama-genai");
        int[] prompt = fixture.goldens().getFirst().prompt();
        SamplingParams params = new SamplingParams(1f, 0, 1f, 0f, Penalties.NONE, LogitBias.NONE, 11);
        try (DecoderLoop loop = new DecoderLoop(fixture.open(), 4);
                Arena arena = Arena.ofConfined()) {
            FakeSequence alone = new FakeSequence(1, prompt, 20).sampling(params);
            run(loop, List.of(alone));
            loop.free(alone);
            FakeSequence again = new FakeSequence(2, prompt, 20).sampling(params);
            FakeSequence masked = new FakeSequence(3, prompt, 20).sampling(params.withSeed(12));
            masked.mask = arena.allocate(16, 8);
            masked.mask.setAtIndex(ValueLayout.JAVA_LONG, 0, 0b1010L);
            run(loop, List.of(masked, again, new FakeSequence(4, new int[] {4}, 20)));
            assertThat(again.generated()).isEqualTo(alone.generated());
            assertThat(masked.generated()).containsOnly(1, 3);
        }
    }

    private static void run(DecoderLoop loop, List<FakeSequence> sequences) {
        for (int i = 0; i < 12; i++) {
            loop.step(sequences, 64);
        }
    }
}
