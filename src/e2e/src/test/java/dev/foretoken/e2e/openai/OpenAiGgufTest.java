package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.GgufModels;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.registry.gguf.GgmlType;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The demo model from its checkpoint, from a GGUF file with the same weights, and from 8-bit blocks split into three files. */
class OpenAiGgufTest {

    private static final String CHECKPOINT = "checkpoint";
    private static final String FILE = "file";
    private static final String SPLIT = "split";
    private static final String QUESTION =
            "The name of the dog is Rusty. The dog lives in Rosewood.\nQuestion: Where does the dog live?\nAnswer:";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void aGgufFileAnswersAsItsCheckpointDoes(Topology topology) {
        Path file = folder.resolve("demo.gguf");
        GgufModels.demo(GgmlType.BF16).write(file);
        Path split = GgufModels.demo(GgmlType.Q8_0).writeSplit(folder, "demo-q8", 3);
        ServeArguments arguments = ServeArguments.of(CHECKPOINT, GgufModels.demo())
                .model(FILE, file)
                .model(SPLIT, split)
                .engine("--cache-bytes", "32m");
        try (Deployment server = topology.start(arguments)) {
            OpenAIClient client = OpenAi.client(server.http());
            requireSameAnswers(client);
            client.close();
            HttpApi http = new HttpApi(server.http());
            assertThat(weights(http, FILE)).isEqualTo("BF16");
            assertThat(weights(http, SPLIT)).isEqualTo("8-bit linear g32 f16");
        }
    }

    private static void requireSameAnswers(OpenAIClient client) {
        ChatCompletion expected = chat(client, CHECKPOINT);
        ChatCompletion answer = chat(client, FILE);
        assertThat(text(answer)).isNotBlank().isEqualTo(text(expected));
        assertThat(promptTokens(answer)).isEqualTo(promptTokens(expected)).isEqualTo(promptTokens(chat(client, SPLIT)));
        assertThat(answer.choices().getFirst().logprobs())
                .isEqualTo(expected.choices().getFirst().logprobs());
        assertThat(answered(client, SPLIT))
                .contains("Rosewood")
                .isEqualTo(answered(client, FILE))
                .isEqualTo(answered(client, CHECKPOINT));
    }

    private static long promptTokens(ChatCompletion answer) {
        return answer.usage().orElseThrow().promptTokens();
    }

    private static String weights(HttpApi http, String model) {
        return http.get("/v1/models/" + model).ok().path("weights").asText();
    }

    private static ChatCompletion chat(OpenAIClient client, String model) {
        return client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(model)
                        .addSystemMessage("12 birds sang.")
                        .addUserMessage("Who lives in Rosewood?")
                        .temperature(0.0)
                        .logprobs(true)
                        .maxCompletionTokens(16)
                        .build());
    }

    private static String text(ChatCompletion answer) {
        return answer.choices().getFirst().message().content().orElseThrow();
    }

    private static String answered(OpenAIClient client, String model) {
        Completion answer = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(model)
                        .prompt(QUESTION)
                        .temperature(0.0)
                        .maxTokens(24)
                        .stop("\n")
                        .build());
        return answer.choices().getFirst().text();
    }
}
