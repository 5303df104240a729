package dev.foretoken.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.ServeArguments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks a server that has the conformance checkpoints, and compares with their golden answers. */
record GoldenCheck(HttpApi api) {

    static ServeArguments serving(List<String> checkpoints) {
        ServeArguments arguments =
                ServeArguments.NONE.engine("--precision", "EXACT", "--kv-cache-dtype", "f32", "--memory", "4g");
        for (String name : checkpoints) {
            arguments = arguments.model(name, Checkout.checkpoint(name));
        }
        return arguments;
    }

    void greedyTokensAndLogprobsEqualTheReference(String checkpoint) {
        equalTheReference(Golden.of(checkpoint));
    }

    void equalTheReference(Golden golden) {
        assertThat(golden.prompts()).isNotEmpty();
        for (Golden.Prompt prompt : golden.prompts()) {
            JsonNode scored = choice(ask(golden, prompt, true));
            assertThat(tokens(scored)).as("tokens after %s", prompt.ids()).isEqualTo(prompt.tokens());
            List<Double> expected = new ArrayList<>(prompt.promptLogprobs());
            expected.addAll(prompt.logprobs());
            assertClose(golden, prompt, logprobs(scored), expected);
        }
    }

    void anAnswerFromThePrefixCacheHasTheSameBits(String checkpoint) {
        Golden golden = Golden.of(checkpoint);
        int cached = 0;
        for (Golden.Prompt prompt : golden.prompts()) {
            List<String> cold = generatedBits(choice(ask(golden, prompt, true)), prompt);
            JsonNode warm = ask(golden, prompt, false);
            assertThat(generatedBits(choice(warm), prompt))
                    .as("logprobs after %s", prompt.ids())
                    .isEqualTo(cold);
            cached += warm.at("/usage/prompt_tokens_details/cached_tokens").asInt();
        }
        assertThat(cached).as("prompt tokens that came from the cache").isPositive();
    }

    private JsonNode ask(Golden golden, Golden.Prompt prompt, boolean echo) {
        Map<String, Object> body = new HashMap<>();
        body.put("model", golden.model());
        body.put("prompt", prompt.ids());
        body.put("max_tokens", prompt.tokens().size());
        body.put("temperature", 0);
        body.put("ignore_eos", true);
        body.put("return_token_ids", true);
        body.put("logprobs", 0);
        body.put("echo", echo);
        return api.post(HttpApi.COMPLETIONS, body).ok();
    }

    private static JsonNode choice(JsonNode answer) {
        return answer.path("choices").path(0);
    }

    private static void assertClose(Golden golden, Golden.Prompt prompt, List<JsonNode> found, List<Double> expected) {
        assertThat(found.getFirst().isNull())
                .as("the first prompt token has no logprob")
                .isTrue();
        assertThat(found).hasSize(expected.size() + 1);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i + 1).asDouble())
                    .as("logprob at position %d of prompt %s", i + 1, prompt.ids())
                    .isCloseTo(expected.get(i), offset(golden.tolerance()));
        }
    }

    /** Digits of the generated tokens' logprobs, as they were sent. */
    private static List<String> generatedBits(JsonNode choice, Golden.Prompt prompt) {
        List<JsonNode> all = logprobs(choice);
        return all.subList(all.size() - prompt.tokens().size(), all.size()).stream()
                .map(JsonNode::asText)
                .toList();
    }

    private static List<JsonNode> logprobs(JsonNode choice) {
        List<JsonNode> out = new ArrayList<>();
        choice.path("logprobs").path("token_logprobs").forEach(out::add);
        return out;
    }

    private static List<Integer> tokens(JsonNode choice) {
        List<Integer> out = new ArrayList<>();
        choice.path("token_ids").forEach(id -> out.add(id.asInt()));
        return out;
    }
}
