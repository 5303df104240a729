package dev.foretoken.e2e.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Metrics;
import dev.foretoken.e2e.server.Models;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats whose next turn is prepared: it finds everything but its own message in the caches, to the block. */
@InEveryTopology
class NextTurnTest {

    private static final String QUESTION = "Tell me of the fox that jumps over lazy dogs, twice, and of what it saw.";
    private static final String NEXT = "And now?";
    private static final int BLOCK = 32;
    private static final int ATTEMPTS = 20;

    private final HttpApi api;
    private final Deployment server;

    NextTurnTest(Deployment server) {
        this.server = server;
        this.api = new HttpApi(server.http());
    }

    private static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    private JsonNode chat(String model, String salt, List<Map<String, String>> messages, Map<String, Object> fields) {
        Map<String, Object> body = new HashMap<>(Map.of(
                "model",
                model,
                "messages",
                messages,
                "max_tokens",
                2 * BLOCK,
                "ignore_eos",
                true,
                "temperature",
                0,
                "cache_salt",
                salt));
        body.putAll(fields);
        return api.post(HttpApi.CHAT, body).ok();
    }

    /** The usage of the second turn of a chat that was prepared for it. One that was not, since a busy server drops it, is begun anew. */
    private JsonNode preparedTurn(String model, String salt, Map<String, Object> firstTurn) {
        Map<String, Object> fields = new HashMap<>(firstTurn);
        fields.put("prepare_next_turn", true);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double before = turns(model, "prepared", "kept");
            double failed = turns(model, "failed");
            double others = turns(model, "dropped", "overtaken");
            JsonNode first = chat(model, salt + attempt, List.of(message("user", QUESTION)), fields);
            Eventually.holds(
                    "the next turn is prepared, or is not going to be",
                    () -> turns(model, "prepared", "kept", "dropped", "overtaken", "failed")
                            > before + failed + others);
            assertThat(turns(model, "failed")).isEqualTo(failed);
            if (turns(model, "prepared", "kept") > before) {
                return secondTurn(model, salt + attempt, first);
            }
        }
        throw new AssertionError("none of " + ATTEMPTS + " chats was prepared for its next turn");
    }

    private JsonNode secondTurn(String model, String salt, JsonNode first) {
        String answer = first.at("/choices/0/message/content").asText();
        return chat(
                        model,
                        salt,
                        List.of(message("user", QUESTION), message("assistant", answer), message("user", NEXT)),
                        Map.of())
                .path("usage");
    }

    /** How many have ended so. */
    private double turns(String model, String... outcomes) {
        Metrics metrics = server.edgeMetrics();
        return Arrays.stream(outcomes)
                .mapToDouble(outcome -> metrics.sum(
                        "foretoken_next_turns_total", "model_name=\"" + model + "\",outcome=\"" + outcome + "\""))
                .sum();
    }

    private static int cached(JsonNode usage) {
        return usage.at("/prompt_tokens_details/cached_tokens").asInt();
    }

    /** Tokens of the second message, of what the template writes around it, and of a block that is not full. */
    private int ownTokens(String model) {
        int message = api.post("/tokenize", Map.of("model", model, "messages", List.of(message("user", NEXT))))
                .ok()
                .path("count")
                .asInt();
        return message + BLOCK;
    }

    @ParameterizedTest
    @ValueSource(strings = {Models.LLAMA, Models.PREDICTING})
    void theSecondTurnComputesItsOwnTokensOnly(String model) {
        JsonNode usage = preparedTurn(model, "own tokens", Map.of());
        assertThat(usage.path("prompt_tokens").asInt() - cached(usage)).isLessThanOrEqualTo(ownTokens(model));
    }

    @Test
    void withoutPreparationItComputesWhatItsTemplateHasChanged() {
        JsonNode first = chat(Models.PREDICTING, "unprepared", List.of(message("user", QUESTION)), Map.of());
        JsonNode usage = secondTurn(Models.PREDICTING, "unprepared", first);
        assertThat(usage.path("prompt_tokens").asInt() - cached(usage)).isGreaterThan(ownTokens(Models.PREDICTING));
    }

    @Test
    void aPredictedTurnLeavesAnExactOneBehind() {
        JsonNode usage =
                preparedTurn(Models.PREDICTING, "predicted", Map.of("prefill_mode", "predicted", "repair_by", "never"));
        assertThat(usage.at("/prefill/mode").asText()).isEqualTo("exact");
        assertThat(usage.path("prompt_tokens").asInt() - cached(usage))
                .isLessThanOrEqualTo(ownTokens(Models.PREDICTING));
    }
}
