package dev.foretoken.e2e.langchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LangChain4j talks to us as to any OpenAI service. */
@InEveryTopology
class LangChainTest {

    private static final Golden.Prompt WHO = Golden.of(Models.LLAMA).ofChat("Who is there?");

    private final Deployment server;
    private final String url;

    LangChainTest(Deployment server) {
        this.server = server;
        this.url = server.http().resolve("/v1").toString();
    }

    @Test
    void chatsAndCountsTokens() {
        ChatResponse answer = chat().build().chat(UserMessage.from("Who is there?"));
        assertThat(answer.aiMessage().text()).isEqualTo(WHO.answer().generated());
        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.tokenUsage().inputTokenCount()).isEqualTo(WHO.ids().size());
        assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(16);
    }

    @Test
    void streamsAChat() throws Exception {
        StreamedAnswer answer = new StreamedAnswer(Integer.MAX_VALUE);
        streaming().build().chat("Who is there?", answer);
        ChatResponse whole = answer.await();
        assertThat(whole.aiMessage().text()).isEqualTo(WHO.answer().generated());
        assertThat(String.join("", answer.pieces())).isEqualTo(WHO.answer().generated());
        assertThat(answer.pieces()).hasSizeGreaterThan(3);
        assertThat(whole.tokenUsage().outputTokenCount()).isEqualTo(16);
        assertThat(whole.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aCancelledStreamFreesItsSequence() throws Exception {
        StreamedAnswer answer = new StreamedAnswer(3);
        streaming()
                .modelName(Models.LONG)
                .maxCompletionTokens(Models.LONG_CONTEXT - 100)
                .customParameters(Map.of("ignore_eos", true))
                .build()
                .chat("Who is there?", answer);
        assertThat(answer.awaitCancelled()).isTrue();
        server.awaitIdle();
    }

    @Test
    void completesText() {
        String text = OpenAiLanguageModel.builder()
                .baseUrl(url)
                .apiKey("any")
                .modelName(Models.LLAMA)
                .temperature(0.0)
                .maxRetries(0)
                .build()
                .generate("The quick fox")
                .content();
        assertThat(text)
                .isEqualTo(
                        Golden.of(Models.LLAMA).ofText("The quick fox").answer().generated());
    }

    @Test
    void listsModels() {
        assertThat(OpenAiModelCatalog.builder()
                        .baseUrl(url)
                        .apiKey("any")
                        .build()
                        .listModels())
                .extracting(ModelDescription::name)
                .contains(Models.LLAMA, Models.QWEN);
    }

    @Test
    void errorsHaveTheirOwnTypes() throws Exception {
        assertThatThrownBy(() -> chat().modelName("gpt-0").build().chat("Hi"))
                .isInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> chat().temperature(5.0).build().chat("Hi"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature");
        StreamedAnswer refused = new StreamedAnswer(Integer.MAX_VALUE);
        streaming().temperature(5.0).build().chat("Hi", refused);
        assertThat(refused.awaitError())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature");
    }

    private OpenAiChatModel.OpenAiChatModelBuilder chat() {
        return OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey("any")
                .modelName(Models.LLAMA)
                .temperature(0.0)
                .maxCompletionTokens(16)
                .maxRetries(0);
    }

    private OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(url)
                .apiKey("any")
                .modelName(Models.LLAMA)
                .temperature(0.0)
                .maxCompletionTokens(16);
    }
}
