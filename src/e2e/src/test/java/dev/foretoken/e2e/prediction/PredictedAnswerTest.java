package dev.foretoken.e2e.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * Predicted prompts over HTTP. The maps of {@link Models#PREDICTING} change nothing, so that every answer must be the reference's, whichever
 * way its prompt came into the caches; what they tell about that is what differs.
 */
@InEveryTopology
class PredictedAnswerTest {

    private static final Golden.Prompt LINES = Golden.of(Models.LLAMA).ofText(" two  spaces\n\nand lines");
    /** Takes a step of the base several times as long as one token. */
    private static final int LONG_PROMPT = 480;

    private static final String MODE = "x-foretoken-prefill-mode";

    private final HttpApi api;
    private final Deployment server;

    PredictedAnswerTest(Deployment server) {
        this.server = server;
        this.api = new HttpApi(server.http());
    }

    private static Map<String, Object> lines(String model, Map<String, Object> fields) {
        Map<String, Object> body = new HashMap<>(
                Map.of("model", model, "prompt", LINES.text().orElseThrow(), "max_tokens", 16, "temperature", 0));
        body.putAll(fields);
        return body;
    }

    private Reply ask(Map<String, Object> fields) {
        Map<String, Object> salted = new HashMap<>(fields);
        // A prompt that the caches hold is not predicted.
        salted.put("cache_salt", "of " + fields);
        return api.post(HttpApi.COMPLETIONS, lines(Models.PREDICTING, salted));
    }

    private void isTheReferences(Reply reply) {
        assertThat(reply.choice().path("text").asText())
                .isEqualTo(LINES.answer().generated());
    }

    @Test
    void aPromptIsComputedUnlessItIsToBePredicted() {
        Reply exact = ask(Map.of());
        isTheReferences(exact);
        assertThat(exact.headers().firstValue(MODE)).contains("exact");
        assertThat(exact.ok().at("/usage/prefill/mode").asText()).isEqualTo("exact");
    }

    @Test
    void allButTheLastTokenArePredictedAndTheAnswerSaysSo() {
        Reply predicted = ask(Map.of("prefill_mode", "predicted", "repair_by", "never"));
        isTheReferences(predicted);
        assertThat(predicted.headers().firstValue(MODE)).contains("predicted");
        JsonNode prefill = predicted.ok().at("/usage/prefill");
        assertThat(prefill.path("mode").asText()).isEqualTo("predicted");
        assertThat(prefill.path("predicted_tokens").asInt())
                .isEqualTo(LINES.ids().size() - 1);
        assertThat(prefill.path("repaired").asBoolean()).isFalse();
        assertThat(prefill.path("repaired_at").isNull()).isTrue();
    }

    @Test
    void repairComesAfterTheTokensThatWereAskedFor() {
        Reply repaired = ask(Map.of("prefill_mode", "predicted", "repair_by", 3));
        isTheReferences(repaired);
        assertThat(repaired.ok().at("/usage/prefill/repaired").asBoolean()).isTrue();
        assertThat(repaired.ok().at("/usage/prefill/repaired_at").asInt()).isEqualTo(3);
        server.awaitIdle();
    }

    @Test
    void autoComputesWhatComesInTime() {
        Reply chosen = ask(Map.of("prefill_mode", "auto", "ttft_objective_ms", 60_000));
        isTheReferences(chosen);
        assertThat(chosen.headers().firstValue(MODE)).contains("exact");
        assertThat(chosen.ok().at("/usage/prefill/mode").asText()).isEqualTo("exact");
    }

    @Test
    void autoPredictsWhatComesTooLateOnceItHasSeenWhatStepsTake() {
        Reply exact = longPrompt("exact", Map.of());
        double before = chosenToPredict();
        Reply predicted = Eventually.get(
                "auto predicts a long prompt whose first token is hoped for at once",
                new LatePrompts()::ask,
                reply -> reply.headers()
                        .firstValue(MODE)
                        .filter("predicted"::equals)
                        .isPresent());
        assertThat(predicted.ok().at("/usage/prefill/mode").asText()).isEqualTo("predicted");
        assertThat(predicted.ok().at("/usage/prefill/predicted_tokens").asInt()).isEqualTo(LONG_PROMPT - 1);
        assertThat(predicted.choice().path("text")).isEqualTo(exact.choice().path("text"));
        assertThat(chosenToPredict()).isGreaterThan(before);
    }

    /** Each is asked with a salt of its own, and an exact answer before it teaches what prompts cost. */
    private final class LatePrompts {
        private int asked;

        Reply ask() {
            asked++;
            longPrompt("taught " + asked, Map.of());
            return longPrompt(
                    "late " + asked, Map.of("prefill_mode", "auto", "ttft_objective_ms", 1, "repair_by", "never"));
        }
    }

    private Reply longPrompt(String salt, Map<String, Object> fields) {
        List<Integer> ids = LINES.ids();
        Map<String, Object> body = new HashMap<>(fields);
        body.put("cache_salt", salt);
        body.put(
                "prompt",
                IntStream.range(0, LONG_PROMPT)
                        .mapToObj(i -> ids.get(i % ids.size()))
                        .toList());
        return api.post(HttpApi.COMPLETIONS, lines(Models.PREDICTING, body));
    }

    private double chosenToPredict() {
        return server.engineMetrics()
                .sum(
                        "foretoken_prefill_choices_total",
                        "model_name=\"" + Models.PREDICTING + "\",prefill_mode=\"predicted\"");
    }

    @Test
    void aModelWithoutPredictorRefuses() {
        Reply refused = api.post(HttpApi.COMPLETIONS, lines(Models.LLAMA, Map.of("prefill_mode", "predicted")));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().path("code").asText()).isEqualTo("unsupported_feature");
        assertThat(refused.error().path("param").asText()).isEqualTo("prefill_mode");
    }

    @Test
    void modelsTellHowTheirPromptsCanBeRead() {
        assertThat(modes(Models.PREDICTING)).containsExactly("exact", "predicted", "auto");
        assertThat(modes(Models.LLAMA)).containsExactly("exact");
    }

    private List<String> modes(String model) {
        JsonNode modes = api.get("/v1/models/" + model).ok().path("prefill_modes");
        return StreamSupport.stream(modes.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
