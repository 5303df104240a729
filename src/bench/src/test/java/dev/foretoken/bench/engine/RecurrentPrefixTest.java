package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Prompts that go on from a copy of another sequence's states: the same bits as computed from their start. */
@Timeout(300)
class RecurrentPrefixTest {

    private static final int ANSWER = 30;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What a request found, and its answer to the last bit. */
    private record Answer(int cachedTokens, String bits) {}

    @ParameterizedTest
    @ValueSource(
            strings = {"mamba-f32", "mamba2-groups-f32", "bamba-f32", "jamba-f32", "falcon-h1-f32", "qwen3-next-f32"})
    void aPromptThatWasSeenIsNotComputedAgainAndAnswersTheSameBits(String model) throws InterruptedException {
        try (LocalEngine engine = open(model)) {
            Answer cold = answer(engine, 150, 0);
            Answer again = answer(engine, 150, 0);
            Answer longer = answer(engine, 150, 60);
            assertThat(cold.cachedTokens()).isZero();
            assertThat(again).isEqualTo(new Answer(128, cold.bits()));
            assertThat(longer.cachedTokens()).isEqualTo(128);
            assertThat(longer.bits()).isEqualTo(coldBits(model, 150, 60));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mamba-f32", "mamba2-groups-f32", "bamba-f32", "jamba-f32", "falcon-h1-f32", "qwen3-next-f32"})
    void theThirdPromptThatBeginsAlikeGoesOnFromWhereTheSecondParted(String model) throws InterruptedException {
        try (LocalEngine engine = open(model)) {
            for (int own : new int[] {80, 100}) {
                assertThat(answer(engine, 80, own).cachedTokens()).isZero();
            }
            Answer third = answer(engine, 80, 120);
            assertThat(third).isEqualTo(new Answer(64, coldBits(model, 80, 120)));
        }
    }

    private static LocalEngine open(String model) {
        String location = Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", model)
                .toString();
        return LocalEngine.open(location, CommandLine.populateCommand(new RuntimeChoice()), 2);
    }

    private static String coldBits(String model, int common, int own) throws InterruptedException {
        try (LocalEngine engine = open(model)) {
            return answer(engine, common, own).bits();
        }
    }

    /** {@code common} tokens that all prompts share, then {@code own} that depend on their number. */
    private static Answer answer(LocalEngine engine, int common, int own) throws InterruptedException {
        IntStream start = IntStream.range(0, common).map(i -> 20 + i * i % 60);
        IntStream end = IntStream.range(0, own).map(i -> 20 + (own + i * 7) % 60);
        Prompt prompt = Prompt.of(IntStream.concat(start, end).toArray());
        Generation generation = engine.host()
                .submit(GenerationRequest.greedy("r" + own, LocalEngine.MODEL, prompt, ANSWER)
                        .withOutput(new OutputOptions(3, -1, false)));
        int cached = -1;
        StringBuilder bits = new StringBuilder();
        while (!generation.isDone()) {
            switch (generation.next(PATIENCE).orElseThrow()) {
                case EngineEvent.Started started -> cached = started.cachedTokens();
                case EngineEvent.TokenGenerated token ->
                    bits.append(token.tokenId())
                            .append(Arrays.toString(token.logprobs().topLogprobs()));
                case EngineEvent.Failed failed -> bits.append(failed.detail());
                case EngineEvent.Finished finished -> bits.append(finished.reason());
                case EngineEvent.PromptScored scored -> {}
                case EngineEvent.Repaired repaired -> {}
            }
        }
        return new Answer(cached, bits.toString());
    }
}
