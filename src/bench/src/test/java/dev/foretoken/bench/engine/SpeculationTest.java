package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The whole engine answers the same bits in fewer steps. */
@Timeout(300)
class SpeculationTest {
    private static final int ANSWER = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Penalties PENALTIES = new Penalties(0.4f, 0.3f, 1.1f);
    private static final LogitBias BIAS = new LogitBias(TokenIds.of(3, 5), new float[] {1.5f, -2f});
    private static final List<SamplingParams> SAMPLINGS = List.of(
            SamplingParams.GREEDY,
            new SamplingParams(0f, 0, 1f, 0f, PENALTIES, BIAS, 0),
            new SamplingParams(0.8f, 0, 1f, 0f, Penalties.NONE, LogitBias.NONE, 11),
            new SamplingParams(1.1f, 30, 0.9f, 0.01f, PENALTIES, BIAS, 12));

    @Test
    void answersTheSameBitsWithDraftsFromTheText() throws InterruptedException {
        assertThat(answers(1, "--speculate=6").bits).isEqualTo(answers(1).bits);
    }

    @Test
    void answersTheSameBitsWithDraftsOfAnyAcceptanceAndInFewerSteps() throws InterruptedException {
        Answers plain = answers(2);
        for (double acceptance : new double[] {0, 0.7, 1}) {
            Answers drafted = answers(2, "--speculate=4", "--draft-acceptance=" + acceptance);
            assertThat(drafted.bits).as("acceptance " + acceptance).isEqualTo(plain.bits);
            if (acceptance == 1) {
                assertThat(drafted.steps).isLessThan(plain.steps * 2 / 3);
            }
        }
    }

    /** The model drafts for itself, so every draft is right; and with half its neurons, so that most are wrong. */
    @Test
    void answersTheSameBitsWithDraftsOfAnotherNetwork() throws InterruptedException {
        Answers plain = answers(1);
        Answers own = answers(1, "--speculate=4", "--draft-model=random:tiny");
        assertThat(own.bits).isEqualTo(plain.bits);
        assertThat(own.steps).isLessThan(plain.steps * 2 / 3);
        assertThat(answers(1, "--speculate=4", "--draft-slice=0.5").bits).isEqualTo(plain.bits);
        assertThat(answers(1, "--speculate=4", "--draft-slice=0.9").bits).isEqualTo(plain.bits);
    }

    @Test
    void answersTheSameBitsWhenSeveralRunAtOnceAndOneOfThemIsCancelled() throws InterruptedException {
        List<List<String>> plain = together();
        assertThat(plain).doesNotHaveDuplicates();
        for (String[] options : new String[][] {
            {"--speculate=4"}, {"--speculate=4", "--draft-model=random:tiny"}, {"--speculate=3", "--draft-slice=0.5"}
        }) {
            assertThat(together(options)).as(Arrays.toString(options)).isEqualTo(plain);
        }
    }

    /** One answer for each sampling, all running at once beside one that is cancelled, with stop tokens behind the tenth. */
    private static List<List<String>> together(String... options) throws InterruptedException {
        RuntimeChoice choice = CommandLine.populateCommand(new RuntimeChoice(), options);
        StopConditions stop = new StopConditions(ANSWER, 10, TokenIds.of(7, 30, 99, 180));
        List<List<String>> answers = new ArrayList<>();
        try (LocalEngine engine = LocalEngine.open("random:tiny", choice, 8)) {
            List<Generation> running = new ArrayList<>();
            for (int i = 1; i < SAMPLINGS.size(); i++) {
                running.add(engine.host().submit(request(i).withStop(stop)));
            }
            Generation cancelled = engine.host().submit(request(0));
            cancelled.next(PATIENCE);
            cancelled.next(PATIENCE);
            cancelled.cancel();
            for (Generation generation : running) {
                List<String> bits = new ArrayList<>();
                while (!generation.isDone()) {
                    bits.add(bits(generation.next(PATIENCE).orElseThrow()));
                }
                answers.add(bits);
            }
        }
        return answers;
    }

    @Test
    void takesDraftsFromOnePlace() {
        for (String[] options : new String[][] {
            {"--draft-slice=0.5"},
            {"--speculate=2", "--draft-slice=0.5", "--draft-model=random:tiny"},
            {"--speculate=2", "--draft-slice=0.5", "--draft-acceptance=0.5"}
        }) {
            RuntimeChoice choice = CommandLine.populateCommand(new RuntimeChoice(), options);
            assertThatThrownBy(choice::options).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private record Answers(List<String> bits, long steps) {}

    /** Every sampling, {@code rounds} times one after the other with the same prompt, by an engine with these options. */
    private static Answers answers(int rounds, String... options) throws InterruptedException {
        RuntimeChoice choice = CommandLine.populateCommand(new RuntimeChoice(), options);
        List<String> bits = new ArrayList<>();
        try (LocalEngine engine = LocalEngine.open("random:tiny", choice, 1)) {
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < SAMPLINGS.size(); i++) {
                    Generation generation = engine.host().submit(request(i));
                    while (!generation.isDone()) {
                        bits.add(bits(generation.next(PATIENCE).orElseThrow()));
                    }
                }
            }
            long steps = engine.host().report().models().getFirst().counters().steps();
            return new Answers(bits, steps);
        }
    }

    private static GenerationRequest request(int index) {
        int[] prompt = IntStream.range(0, 40).map(i -> 20 + (i * i + index) % 9).toArray();
        return GenerationRequest.greedy("r" + index, LocalEngine.MODEL, Prompt.of(prompt), ANSWER)
                .withSampling(SAMPLINGS.get(index))
                .withOutput(new OutputOptions(3, -1, false));
    }

    /** What does not depend on time. */
    private static String bits(EngineEvent event) {
        return switch (event) {
            case EngineEvent.TokenGenerated token -> token.position() + " " + bits(token.logprobs());
            case EngineEvent.Finished finished ->
                finished.reason() + " " + finished.usage().completionTokens();
            case EngineEvent.Failed failed -> failed.toString();
            case EngineEvent.Started started -> "started";
            case EngineEvent.PromptScored scored -> "scored";
            case EngineEvent.Repaired repaired -> "repaired";
        };
    }

    private static String bits(TokenLogprobs scores) {
        List<Integer> tops = new ArrayList<>();
        for (float top : scores.topLogprobs()) {
            tops.add(Float.floatToRawIntBits(top));
        }
        return scores.tokenId() + " " + Float.floatToRawIntBits(scores.logprob()) + " " + scores.rank() + " "
                + Arrays.toString(scores.topIds()) + tops;
    }
}
