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
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole engine over models that keep states, some beside K and V: the same bits however they are scheduled. */
@Timeout(300)
class RecurrentEngineTest {
    private static final int ANSWER = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<SamplingParams> SAMPLINGS = List.of(
            SamplingParams.GREEDY,
            new SamplingParams(1.1f, 30, 0.9f, 0.01f, new Penalties(0.4f, 0.3f, 1.1f), LogitBias.NONE, 12));

    @ParameterizedTest
    @ValueSource(
            strings = {"mamba-f32", "mamba2-groups-f32", "bamba-f32", "jamba-f32", "falcon-h1-f32", "qwen3-next-f32"})
    void goesBackOverRejectedDrafts(String model) throws InterruptedException {
        Answers plain = answers(model);
        assertThat(plain.bits).hasSize(2 * SAMPLINGS.size());
        for (double acceptance : new double[] {0, 0.7, 1}) {
            Answers drafted = answers(model, "--speculate=4", "--draft-acceptance=" + acceptance);
            assertThat(drafted.bits).as("acceptance " + acceptance).isEqualTo(plain.bits);
            if (acceptance == 1) {
                assertThat(drafted.steps).isLessThan(plain.steps);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba-f32", "bamba-f32"})
    void draftsWithAModelThatKeepsNoState(String model) throws InterruptedException {
        String[] options = {"--speculate=4", "--draft-model=" + location("llama-gqa-f32")};
        assertThat(answers(model, options).bits).isEqualTo(answers(model).bits);
    }

    @Test
    void refusesToDraftWithAState() {
        RuntimeChoice choice = CommandLine.populateCommand(
                new RuntimeChoice(), "--speculate=4", "--draft-model=" + location("mamba-f32"));
        assertThatThrownBy(() ->
                        LocalEngine.open(location("llama-gqa-f32"), choice, 1).close())
                .hasMessage("The draft model of bench carries a recurrent state, which cannot go back over rejected"
                        + " tokens; give a draft model with the same tokenizer and attention only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mamba-f32", "mamba2-groups-f32", "bamba-f32", "jamba-f32", "falcon-h1-f32", "qwen3-next-f32"})
    void givesEveryChoiceAStateOfItsOwn(String model) throws InterruptedException {
        GenerationRequest request = request(1).withChoices(3);
        RuntimeChoice choice = CommandLine.populateCommand(new RuntimeChoice());
        try (LocalEngine engine = LocalEngine.open(location(model), choice, 2)) {
            List<String> scarce = bits(engine.host().submit(request));
            List<String> again = bits(engine.host().submit(request));
            assertThat(again).isEqualTo(scarce);
            try (LocalEngine roomy = LocalEngine.open(location(model), choice, 8)) {
                List<Generation> others = IntStream.range(0, 4)
                        .mapToObj(i -> roomy.host().submit(request(i % SAMPLINGS.size())))
                        .toList();
                assertThat(bits(roomy.host().submit(request))).isEqualTo(scarce);
                for (Generation other : others) {
                    assertThat(bits(other)).hasSize(1);
                }
            }
            assertThat(scarce).hasSize(3).doesNotHaveDuplicates();
        }
    }

    private record Answers(List<String> bits, long steps) {}

    /** Every sampling, twice one after the other with the same prompt, by an engine with these options. */
    private static Answers answers(String model, String... options) throws InterruptedException {
        RuntimeChoice choice = CommandLine.populateCommand(new RuntimeChoice(), options);
        List<String> bits = new ArrayList<>();
        try (LocalEngine engine = LocalEngine.open(location(model), choice, 1)) {
            for (int i = 0; i < 2 * SAMPLINGS.size(); i++) {
                bits.addAll(bits(engine.host().submit(request(i % SAMPLINGS.size()))));
            }
            return new Answers(
                    bits, engine.host().report().models().getFirst().counters().steps());
        }
    }

    private static String location(String model) {
        return Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", model)
                .toString();
    }

    private static GenerationRequest request(int index) {
        int[] prompt = IntStream.range(0, 150).map(i -> 20 + i * i % 60).toArray();
        return GenerationRequest.greedy("r" + index, LocalEngine.MODEL, Prompt.of(prompt), ANSWER)
                .withSampling(SAMPLINGS.get(index))
                .withOutput(new OutputOptions(3, 0, false));
    }

    /** One text per choice, in order, of all that does not depend on time. */
    private static List<String> bits(Generation generation) throws InterruptedException {
        TreeMap<Integer, StringBuilder> texts = new TreeMap<>();
        while (!generation.isDone()) {
            EngineEvent event = generation.next(PATIENCE).orElseThrow();
            StringBuilder text = texts.computeIfAbsent(event.choice(), id -> new StringBuilder());
            switch (event) {
                case EngineEvent.TokenGenerated token ->
                    text.append(token.position()).append(bits(token.logprobs()));
                case EngineEvent.Failed failed -> text.append(failed.detail());
                case EngineEvent.Finished finished -> text.append(finished.reason());
                case EngineEvent.Started started -> {}
                case EngineEvent.PromptScored scored -> {}
                case EngineEvent.Repaired repaired -> {}
            }
        }
        return texts.values().stream().map(StringBuilder::toString).toList();
    }

    private static String bits(TokenLogprobs scores) {
        List<Integer> tops = new ArrayList<>();
        for (float top : scores.topLogprobs()) {
            tops.add(Float.floatToRawIntBits(top));
        }
        return " %d %08x %s%s;"
                .formatted(
                        scores.tokenId(),
                        Float.floatToRawIntBits(scores.logprob()),
                        Arrays.toString(scores.topIds()),
                        tops);
    }
}
