package dev.foretoken.e2e.invariance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** The same request, drawn with a seed, alone and among 31 others: the same tokens, and log-probabilities equal digit by digit. */
@InEveryTopology
class BatchInvarianceTest {

    private static final int OTHERS = 31;
    private static final int VOCABULARY = 384;

    private final Deployment server;
    private final HttpApi api;

    BatchInvarianceTest(Deployment server) {
        this.server = server;
        this.api = new HttpApi(server.http());
    }

    @RepeatedTest(3)
    void anAnswerIsTheSameAloneAndInCompany(RepetitionInfo repetition) throws Exception {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        Map<String, Object> request = request(random, 220);
        String alone = answer(salted(request, "alone"));
        String fromTheCache = answer(salted(request, "alone"));
        assertThat(fromTheCache).isEqualTo(alone);
        assertThat(inCompany(random, request)).isEqualTo(alone);
    }

    private String inCompany(SplittableRandom random, Map<String, Object> request) throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> others = new ArrayList<>();
            for (int i = 0; i < OTHERS; i++) {
                Map<String, Object> other = request(random, 1 + random.nextInt(300));
                others.add(callers.submit(() -> answer(other)));
            }
            server.awaitRunning(2);
            String found = answer(salted(request, "company"));
            for (Future<String> other : others) {
                assertThat(other.get()).isNotEmpty();
            }
            return found;
        }
    }

    /** Everything that was generated, as it was sent. */
    private String answer(Map<String, Object> request) {
        JsonNode choices = api.post(HttpApi.COMPLETIONS, request).ok().path("choices");
        assertThat(choices.path(0).path("token_ids")).hasSize((int) request.get("max_tokens"));
        return choices.toString();
    }

    /** Another salt shares no cached prefix. */
    private static Map<String, Object> salted(Map<String, Object> request, String salt) {
        Map<String, Object> copy = new HashMap<>(request);
        copy.put("cache_salt", salt + request.get("seed"));
        return copy;
    }

    private static Map<String, Object> request(SplittableRandom random, int promptTokens) {
        Map<String, Object> body = new HashMap<>();
        body.put("model", Models.LLAMA);
        body.put("prompt", random.ints(promptTokens, 5, VOCABULARY).boxed().toList());
        body.put("max_tokens", 64 + random.nextInt(64));
        body.put("n", 2);
        body.put("temperature", 0.9);
        body.put("top_p", 0.95);
        body.put("frequency_penalty", 0.3);
        body.put("seed", random.nextInt(1 << 20));
        body.put("logprobs", 5);
        body.put("ignore_eos", true);
        body.put("return_token_ids", true);
        return body;
    }
}
