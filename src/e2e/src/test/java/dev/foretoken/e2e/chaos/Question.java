package dev.foretoken.e2e.chaos;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Models;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What callers ask: one answer, shorter or longer.
 *
 * @param temperature 0 = greedy, else drawn with a fixed seed
 */
record Question(String prompt, int temperature) {

    static final int MOST_TOKENS = 1200;
    private static final int PROMPTS = 3;

    static List<Question> all() {
        return IntStream.range(0, 2 * PROMPTS)
                .mapToObj(i -> new Question("Story " + i / 2 + ": the quick fox", i % 2))
                .toList();
    }

    Map<String, Object> body(int tokens, boolean stream) {
        Map<String, Object> body = new HashMap<>();
        body.put("model", Models.LONG);
        body.put("prompt", prompt);
        body.put("max_tokens", tokens);
        body.put("temperature", temperature);
        body.put("seed", 7);
        body.put("ignore_eos", true);
        body.put("return_token_ids", true);
        body.put("stream", stream);
        return body;
    }

    /** The tokens that a server says which nothing disturbs. */
    List<Integer> answer(HttpApi undisturbed) {
        List<Integer> tokens = undisturbed
                .post(HttpApi.COMPLETIONS, body(MOST_TOKENS, false))
                .choice()
                .path("token_ids")
                .valueStream()
                .map(token -> token.asInt())
                .toList();
        if (tokens.size() != MOST_TOKENS) {
            throw new AssertionError("asked for " + MOST_TOKENS + " tokens, got " + tokens.size());
        }
        return tokens;
    }
}
