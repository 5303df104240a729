package dev.foretoken.e2e.invariance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.SharedDeployments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** One process and gateway with runtime give the same answers: the same tokens, and log-probabilities equal digit by digit. */
class SameBitsInEveryTopologyTest {

    private static final int VOCABULARY = 384;
    private static final int REQUESTS = 12;

    @ParameterizedTest(name = "{0} and {1}", autoCloseArguments = false)
    @ArgumentsSource(SharedDeployments.Together.class)
    void tokensAndLogprobsOfAPromptAndItsAnswersAreEqual(Deployment one, Deployment two) {
        List<JsonNode> first = answers(one);
        List<JsonNode> second = answers(two);
        assertThat(first).hasSize(REQUESTS);
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(second.get(i).findValues("token_ids"))
                    .as("tokens of request %d", i)
                    .isEqualTo(first.get(i).findValues("token_ids"));
            assertThat(second.get(i).toString())
                    .as("all of request %d, as it was sent", i)
                    .isEqualTo(first.get(i).toString());
        }
    }

    private static List<JsonNode> answers(Deployment server) {
        HttpApi api = new HttpApi(server.http());
        SplittableRandom random = new SplittableRandom(7);
        List<JsonNode> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Map<String, Object> request = request(random, i);
            JsonNode choices = api.post(HttpApi.COMPLETIONS, request).ok().path("choices");
            assertThat(choices).hasSize((int) request.get("n"));
            for (JsonNode choice : choices) {
                assertThat(choice.path("token_ids")).hasSize((int) request.get("max_tokens"));
                assertThat(choice.at("/logprobs/token_logprobs").size()).isGreaterThan((int) request.get("max_tokens"));
            }
            answers.add(choices);
        }
        return answers;
    }

    /** Greedy and drawn, short prompts and such that take several steps, each with the prompt scored. */
    private static Map<String, Object> request(SplittableRandom random, int index) {
        Map<String, Object> body = new HashMap<>();
        body.put("model", index % 2 == 0 ? Models.LLAMA : Models.QWEN);
        body.put(
                "prompt",
                random.ints(2 + random.nextInt(300), 5, VOCABULARY).boxed().toList());
        body.put("max_tokens", 8 + random.nextInt(40));
        body.put("n", 1 + index % 3);
        body.put("temperature", index % 4 == 0 ? 0 : 0.9);
        body.put("top_p", 0.95);
        body.put("seed", random.nextInt(1 << 20));
        body.put("echo", true);
        body.put("logprobs", 5);
        body.put("ignore_eos", true);
        body.put("return_token_ids", true);
        return body;
    }
}
