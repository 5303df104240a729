package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionChoice.FinishReason;
import com.openai.models.completions.CompletionCreateParams;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers as streams. */
@InEveryTopology
class OpenAiStreamTest {

    private final Deployment server;
    private final OpenAIClient client;

    OpenAiStreamTest(Deployment server) {
        this.server = server;
        this.client = OpenAi.client(server.http());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void piecesOfACompletionAddUpToTheWhole() {
        List<Completion> chunks = stream(OpenAi.lines().build());
        assertThat(chunks)
                .hasSizeGreaterThan(5)
                .allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
        assertThat(text(chunks)).isEqualTo(OpenAi.LINES.answer().generated());
        assertThat(chunks.getLast().choices().getFirst().finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void usageComesAtTheEndWhenAskedFor() {
        List<Completion> chunks =
                stream(OpenAi.lines().streamOptions(OpenAi.WITH_USAGE).build());
        Completion last = chunks.getLast();
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage().orElseThrow().completionTokens()).isEqualTo(16);
        assertThat(last.usage().orElseThrow().promptTokens())
                .isEqualTo(OpenAi.LINES.ids().size());
        assertThat(text(chunks)).isEqualTo(OpenAi.LINES.answer().generated());
    }

    @Test
    void noPartOfAStopStringIsEverSent() {
        String whole = OpenAi.LINES.answer().generated();
        List<Completion> chunks = stream(OpenAi.lines().stop("as wa").build());
        assertThat(text(chunks)).isEqualTo(whole.substring(0, whole.indexOf("as wa")));
    }

    @Test
    void logprobsOfAStreamAreThoseOfTheWhole() {
        List<Double> whole = client.completions()
                .create(OpenAi.lines().logprobs(0).build())
                .choices()
                .getFirst()
                .logprobs()
                .flatMap(CompletionChoice.Logprobs::tokenLogprobs)
                .orElseThrow();
        List<Double> streamed = stream(OpenAi.lines().logprobs(0).build()).stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.logprobs().stream())
                .flatMap(logprobs -> logprobs.tokenLogprobs().orElseThrow().stream())
                .toList();
        assertThat(streamed).isEqualTo(whole);
    }

    @Test
    void choicesOfOneStreamAreToldApartByTheirIndex() {
        CompletionCreateParams two =
                OpenAi.lines().n(2).temperature(1.0).seed(7).build();
        List<String> whole = client.completions().create(two).choices().stream()
                .map(CompletionChoice::text)
                .toList();
        List<Completion> chunks = stream(two);
        assertThat(text(chunks, 0)).isEqualTo(whole.get(0));
        assertThat(text(chunks, 1)).isEqualTo(whole.get(1));
    }

    @Test
    void piecesOfAChatAddUpToTheWhole() {
        List<ChatCompletionChunk> chunks = OpenAi.all(client.chat()
                .completions()
                .createStreaming(OpenAi.who().streamOptions(OpenAi.WITH_USAGE).build()));
        String text = chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream())
                .collect(Collectors.joining());
        assertThat(text).isEqualTo(OpenAi.WHO.answer().generated());
        assertThat(chunks.getFirst().choices().getFirst().delta().role()).isPresent();
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens()).isEqualTo(16);
    }

    @Test
    void aCallerThatStopsReadingStopsTheSequence() {
        CompletionCreateParams seconds = OpenAi.lines()
                .model(Models.LONG)
                .maxTokens(Models.LONG_CONTEXT - 100)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .build();
        try (StreamResponse<Completion> response = client.completions().createStreaming(seconds)) {
            assertThat(response.stream().limit(3).toList()).hasSize(3);
            server.awaitRunning(1);
        }
        server.awaitIdle();
    }

    private List<Completion> stream(CompletionCreateParams request) {
        return OpenAi.all(client.completions().createStreaming(request));
    }

    private static String text(List<Completion> chunks) {
        return text(chunks, 0);
    }

    private static String text(List<Completion> chunks, long index) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.index() == index)
                .map(CompletionChoice::text)
                .collect(Collectors.joining());
    }
}
