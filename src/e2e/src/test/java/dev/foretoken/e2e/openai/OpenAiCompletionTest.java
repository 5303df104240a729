package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionChoice.FinishReason;
import com.openai.models.completions.CompletionUsage;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Completions in one piece. */
@InEveryTopology
class OpenAiCompletionTest {

    private final OpenAIClient client;

    OpenAiCompletionTest(Deployment server) {
        this.client = OpenAi.client(server.http());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void answersTheGoldenTextAndCountsItsTokens() {
        Completion answer = client.completions().create(OpenAi.lines().build());
        CompletionChoice choice = answer.choices().getFirst();
        assertThat(choice.text()).isEqualTo(OpenAi.LINES.answer().generated());
        assertThat(choice.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.model()).isEqualTo("llama-text");
        CompletionUsage usage = answer.usage().orElseThrow();
        assertThat(usage.promptTokens()).isEqualTo(OpenAi.LINES.ids().size());
        assertThat(usage.completionTokens()).isEqualTo(16);
        assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + 16);
    }

    @Test
    void anEndTokenEndsTheAnswer() {
        Completion answer = client.completions()
                .create(OpenAi.lines().prompt(OpenAi.FOX.text().orElseThrow()).build());
        CompletionChoice choice = answer.choices().getFirst();
        assertThat(choice.text()).isEqualTo(OpenAi.FOX.answer().generated());
        assertThat(choice.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void tokenIdsAreAsGoodAsText() {
        List<Long> ids = OpenAi.LINES.ids().stream().map(Integer::longValue).toList();
        Completion answer = client.completions()
                .create(OpenAi.lines().promptOfArrayOfTokens(ids).build());
        assertThat(answer.choices().getFirst().text())
                .isEqualTo(OpenAi.LINES.answer().generated());
    }

    @Test
    void everyPromptOfAnArrayIsAnswered() {
        Completion answer = client.completions()
                .create(OpenAi.lines()
                        .promptOfArrayOfStrings(List.of(
                                OpenAi.FOX.text().orElseThrow(),
                                OpenAi.LINES.text().orElseThrow()))
                        .build());
        assertThat(answer.choices())
                .extracting(CompletionChoice::text)
                .containsExactly(
                        OpenAi.FOX.answer().generated(), OpenAi.LINES.answer().generated());
        assertThat(answer.choices()).extracting(CompletionChoice::index).containsExactly(0L, 1L);
    }

    @Test
    void aStopStringMayBeginInsideOneTokenAndEndInsideAnother() {
        String whole = OpenAi.LINES.answer().generated();
        String stop = "as wa";
        assertThat(whole).contains(stop);
        Completion answer =
                client.completions().create(OpenAi.lines().stop(stop).build());
        assertThat(answer.choices().getFirst().text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void nChoicesDifferAndAreAllCounted() {
        Completion answer = client.completions()
                .create(OpenAi.lines()
                        .n(3)
                        .temperature(1.0)
                        .seed(7)
                        .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                        .build());
        assertThat(answer.choices())
                .extracting(CompletionChoice::text)
                .hasSize(3)
                .doesNotHaveDuplicates();
        assertThat(answer.choices()).extracting(CompletionChoice::index).containsExactly(0L, 1L, 2L);
        CompletionUsage usage = answer.usage().orElseThrow();
        assertThat(usage.completionTokens()).isEqualTo(48);
        assertThat(usage.promptTokens()).isEqualTo(OpenAi.LINES.ids().size());
    }

    @Test
    void theSeedDecidesTheAnswer() {
        assertThat(drawn(11)).isEqualTo(drawn(11)).isNotEqualTo(drawn(12));
    }

    private String drawn(long seed) {
        Completion answer = client.completions()
                .create(OpenAi.lines()
                        .temperature(1.0)
                        .seed(seed)
                        .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                        .build());
        return answer.choices().getFirst().text();
    }

    @Test
    void logprobsAreThoseOfTheReference() {
        Completion answer =
                client.completions().create(OpenAi.lines().logprobs(3).build());
        CompletionChoice.Logprobs logprobs =
                answer.choices().getFirst().logprobs().orElseThrow();
        List<Double> found = logprobs.tokenLogprobs().orElseThrow();
        assertThat(found).hasSize(16);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).isCloseTo(OpenAi.LINES.logprobs().get(i), offset(1e-3));
        }
        assertThat(logprobs.tokens().orElseThrow()).hasSize(16);
        assertThat(logprobs.topLogprobs().orElseThrow()).hasSize(16);
        assertThat(logprobs.textOffset().orElseThrow()).hasSize(16).isSorted().startsWith(0L);
    }

    @Test
    void echoPutsThePromptBeforeTheAnswer() {
        String prompt = OpenAi.LINES.text().orElseThrow();
        Completion answer =
                client.completions().create(OpenAi.lines().echo(true).build());
        assertThat(answer.choices().getFirst().text())
                .isEqualTo(prompt + OpenAi.LINES.answer().generated());
    }

    @Test
    void aRepeatedPromptComesFromTheCache() {
        List<Long> ids = java.util.stream.LongStream.range(0, 300)
                .map(i -> 5 + i % 370)
                .boxed()
                .toList();
        var request = OpenAi.lines().promptOfArrayOfTokens(ids).build();
        String first = client.completions().create(request).choices().getFirst().text();
        Completion second = client.completions().create(request);
        assertThat(second.choices().getFirst().text()).isEqualTo(first);
        long cached = second.usage()
                .flatMap(CompletionUsage::promptTokensDetails)
                .flatMap(CompletionUsage.PromptTokensDetails::cachedTokens)
                .orElseThrow();
        assertThat(cached).isBetween(128L, 299L);
    }
}
