package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that one engine began and another goes on with is, to the last bit, the answer of one engine. */
@Timeout(300)
class ResumedAnswersTest {
    private static final int PROMPT = 45;
    private static final int ANSWER = 40;
    private static final int[] CUTS = {1, 2, 15, 16, 19, 33, ANSWER - 1, ANSWER};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-gqa-f32",
                "llama-rope-dynamic",
                "deepseek-v3-f32",
                "mamba-f32",
                "mamba2-groups-f32",
                "bamba-f32",
                "jamba-f32",
                "falcon-h1-f32",
                "qwen3-next-f32",
                "gemma3-mixed",
                "gpt-oss-f32"
            })
    void aCutAnywhereChangesNothing(String model) throws InterruptedException {
        for (int index = 0; index < 2; index++) {
            GenerationRequest request = Answers.request(index, PROMPT, ANSWER, Priority.NORMAL)
                    .withOutput(new OutputOptions(3, OutputOptions.OFF, false));
            int[] answer;
            String whole;
            try (SchedulerHost first = Answers.host(model, 1, 0)) {
                answer = tokens(first.submit(request));
                whole = Answers.bits(first, request);
            }
            try (SchedulerHost other = Answers.host(model, 1, 0)) {
                for (int cut : CUTS) {
                    assertThat(Answers.bits(other, cutAt(request, answer, cut)))
                            .as("request %d behind %d tokens", index, cut)
                            .isEqualTo(rest(whole, cut));
                }
            }
        }
    }

    private static GenerationRequest cutAt(GenerationRequest request, int[] answer, int cut) {
        TokenIds known = TokenIds.of(Arrays.copyOf(answer, cut));
        return request.withResumed(new Resumed(List.of(new Resumed.Choice(known, false))));
    }

    private static int[] tokens(Generation generation) throws InterruptedException {
        List<Integer> tokens = new ArrayList<>();
        while (!generation.isDone()) {
            if (generation.next(Duration.ofMinutes(2)).orElseThrow() instanceof EngineEvent.TokenGenerated token) {
                tokens.add(token.tokenId());
            }
        }
        assertThat(tokens).hasSize(ANSWER);
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /** What is written of an answer behind its {@code cut}-th token. */
    private static String rest(String whole, int cut) {
        int from = 0;
        for (int i = 0; i < cut; i++) {
            from = whole.indexOf(';', from) + 1;
        }
        return whole.substring(from);
    }
}
