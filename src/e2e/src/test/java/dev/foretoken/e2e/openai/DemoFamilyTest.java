package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo model's siblings, all in one process and by their names: each reads a passage and says what only that passage can tell. */
class DemoFamilyTest {

    private static final String MOE = "demo-moe";
    private static final String HYBRID = "demo-hybrid";
    private static final String NESTED = "demo-nested";

    private static final String PASSAGE =
            "The falcon sleeps in the hall. Nora Page was born in September. Julia Lake works as a weaver."
                    + " The home of Clara Snow is in Cedarville. Clara Snow owns a falcon. Clara Snow was born in July.";
    private static final String QUESTION = "In which month was Clara Snow born?";
    private static final String ANSWER = "Clara Snow was born in July.";

    private static Deployment server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        ServeArguments family = ServeArguments.of(MOE, Path.of(MOE))
                .model(HYBRID, Path.of(HYBRID))
                .model(NESTED, Path.of(NESTED))
                .engine("--cache-bytes", "32m", "--speculate", "3", "--draft-model", MOE + "=" + NESTED);
        server = Topology.ONE_PROCESS.start(family);
        client = OpenAi.client(server.http());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {MOE, HYBRID, NESTED})
    void completesAQuestionWithWhatThePassageTells(String model) {
        Completion answer = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(model)
                        .prompt(PASSAGE + "\nQuestion: " + QUESTION + "\nAnswer:")
                        .temperature(0.0)
                        .maxTokens(24)
                        .stop("\n")
                        .build());
        assertThat(answer.choices().getFirst().text()).isEqualTo(" " + ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {MOE, HYBRID, NESTED})
    void answersTheSameInAChat(String model) {
        ChatCompletion answer = client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(model)
                        .addUserMessage(PASSAGE + " " + QUESTION)
                        .temperature(0.0)
                        .maxCompletionTokens(24)
                        .build());
        assertThat(answer.choices().getFirst().message().content().orElseThrow().strip())
                .isEqualTo(ANSWER);
    }
}
