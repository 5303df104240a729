package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.models.Model;
import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Chats in one piece, and the list of models. */
@InEveryTopology
class OpenAiChatTest {

    private final OpenAIClient client;

    OpenAiChatTest(Deployment server) {
        this.client = OpenAi.client(server.http());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void listsEveryServedModel() {
        assertThat(client.models().list().data())
                .extracting(Model::id)
                .containsExactlyInAnyOrder(Models.LLAMA, Models.QWEN, Models.PREDICTING, Models.LONG);
        assertThat(client.models().retrieve(Models.QWEN).id()).isEqualTo(Models.QWEN);
    }

    @Test
    void answersTheGoldenTextAfterTheCheckpointsOwnTemplate() {
        ChatCompletion answer = client.chat().completions().create(OpenAi.who().build());
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertThat(choice.message().content()).contains(OpenAi.WHO.answer().generated());
        assertThat(choice.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.usage().orElseThrow().promptTokens())
                .isEqualTo(OpenAi.WHO.ids().size());
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(16);
    }

    @Test
    void everyMessageOfAConversationCounts() {
        Golden.Prompt golden = Golden.of(Models.QWEN).ofChat("Naïve ☕?");
        ChatCompletion answer = client.chat()
                .completions()
                .create(OpenAi.who()
                        .model(Models.QWEN)
                        .messages(List.of())
                        .addUserMessage("One?")
                        .addAssistantMessage("<think>\nhm\n</think>\nTwo.")
                        .addUserMessage("Naïve ☕?")
                        .build());
        assertThat(answer.choices().getFirst().message().content())
                .contains(golden.answer().generated());
        assertThat(answer.usage().orElseThrow().promptTokens())
                .isEqualTo(golden.ids().size());
    }

    @Test
    void logprobsAreThoseOfTheReference() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(OpenAi.who().logprobs(true).topLogprobs(2).build());
        List<ChatCompletionTokenLogprob> found =
                answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
        assertThat(found).hasSize(16);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).logprob()).isCloseTo(OpenAi.WHO.logprobs().get(i), offset(1e-3));
            assertThat(found.get(i).topLogprobs()).hasSize(2);
            assertThat(found.get(i).topLogprobs().getFirst().logprob())
                    .isEqualTo(found.get(i).logprob());
        }
    }

    @Test
    void everyChoiceIsDrawnForItself() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(OpenAi.who()
                        .n(2)
                        .temperature(1.2)
                        .putAdditionalBodyProperty("seed", JsonValue.from(3))
                        .build());
        assertThat(answer.choices())
                .extracting(choice -> choice.message().content().orElseThrow())
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void aStopStringIsNotPartOfTheAnswer() {
        String whole = OpenAi.WHO.answer().generated();
        ChatCompletion answer =
                client.chat().completions().create(OpenAi.who().stop("twice").build());
        assertThat(answer.choices().getFirst().message().content())
                .contains(whole.substring(0, whole.indexOf("twice")));
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
    }
}
