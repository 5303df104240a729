package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.http.Calls.Reply;
import dev.foretoken.gateway.model.PrefillChoice;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How prompts come into the caches: asked by field and header, told by header and usage. */
@QuarkusTest
class PrefillRouteTest {

    private static final String CHAT = "/v1/chat/completions";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void reset() {
        calls = new Calls(root);
        edge.reset();
        edge.engine.offering(PrefillMode.values()).answering(5, 6);
    }

    @AfterEach
    void sayNothing() {
        byDefault(PrefillChoice.NONE);
    }

    private void byDefault(PrefillChoice choice) {
        edge.gateway
                .catalog()
                .put(edge.gateway.catalog().require(TestEdge.TEXT_MODEL).reading(choice));
    }

    private static String chat(String fields) {
        return "{\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"How?\"}]" + fields + "}";
    }

    private Reply ask(String fields, String... headers) throws Exception {
        HttpRequest.Builder request = calls.request(CHAT)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(chat(fields)));
        return calls.send(headers.length == 0 ? request : request.headers(headers));
    }

    private GenerationRequest submitted() throws Exception {
        return edge.engine.nextSubmitted().request();
    }

    @Test
    void aRequestThatSaysNothingIsComputedExactly() throws Exception {
        Reply reply = ask("");
        assertThat(submitted().options().prefill()).isEqualTo(PrefillOptions.EXACT);
        assertThat(reply.header("x-foretoken-prefill-mode")).isEqualTo("exact");
        JsonNode prefill = reply.json().at("/usage/prefill");
        assertThat(prefill.toString())
                .isEqualTo("{\"mode\":\"exact\",\"predicted_tokens\":0,\"repaired\":false,\"repaired_at\":null}");
    }

    @Test
    void fieldsReachTheEngine() throws Exception {
        ask(",\"prefill_mode\":\"auto\",\"repair_by\":12,\"ttft_objective_ms\":250");
        GenerationRequest request = submitted();
        assertThat(request.options().prefill()).isEqualTo(new PrefillOptions(PrefillMode.AUTO, new Repair.After(12)));
        assertThat(request.service().ttftObjective()).contains(Duration.ofMillis(250));
    }

    @Test
    void aHeaderSaysTheClassOfARequestThatDoesNot() throws Exception {
        ask("", "x-foretoken-priority", "interactive");
        assertThat(submitted().service().priority()).isEqualTo(Priority.HIGH);
        ask(",\"priority\":\"batch\"", "x-foretoken-priority", "interactive");
        assertThat(submitted().service().priority()).isEqualTo(Priority.BATCH);
        assertThat(ask("", "x-foretoken-priority", "royal").status()).isEqualTo(400);
    }

    @Test
    void headersReachTheEngineAndFieldsCountBeforeThem() throws Exception {
        String[] headers = {
            "x-foretoken-prefill-mode",
            "predicted",
            "x-foretoken-repair-by",
            "never",
            "x-foretoken-ttft-objective-ms",
            "90"
        };
        ask("", headers);
        GenerationRequest asked = submitted();
        assertThat(asked.options().prefill()).isEqualTo(new PrefillOptions(PrefillMode.PREDICTED, Repair.NEVER));
        assertThat(asked.service().ttftObjective()).contains(Duration.ofMillis(90));
        ask(",\"prefill_mode\":\"exact\",\"repair_by\":\"slack\"", headers);
        assertThat(submitted().options().prefill()).isEqualTo(PrefillOptions.EXACT);
    }

    @Test
    void theObjectiveMayBeWrittenAsOtherGatewaysWriteIt() throws Exception {
        ask("", "x-llm-d-slo-ttft-ms", "400");
        assertThat(submitted().service().ttftObjective()).contains(Duration.ofMillis(400));
    }

    @Test
    void completionsTakeTheSameFields() throws Exception {
        calls.post(
                "/v1/completions",
                "{\"model\":\"toy\",\"prompt\":\"Once\",\"prefill_mode\":\"predicted\",\"repair_by\":\"never\"}");
        assertThat(submitted().options().prefill()).isEqualTo(new PrefillOptions(PrefillMode.PREDICTED, Repair.NEVER));
    }

    @Test
    void theModelsDefaultCountsWhereARequestSaysNothing() throws Exception {
        byDefault(new PrefillChoice(PrefillMode.PREDICTED, new Repair.After(3), Duration.ofMillis(70)));
        ask("");
        GenerationRequest request = submitted();
        assertThat(request.options().prefill())
                .isEqualTo(new PrefillOptions(PrefillMode.PREDICTED, new Repair.After(3)));
        assertThat(request.service().ttftObjective()).contains(Duration.ofMillis(70));
        ask(",\"prefill_mode\":\"exact\"");
        assertThat(submitted().options().prefill().mode()).isEqualTo(PrefillMode.EXACT);
    }

    @Test
    void aDefaultGivesWayToLogProbabilitiesOfThePrompt() throws Exception {
        byDefault(new PrefillChoice(PrefillMode.PREDICTED, null, null));
        ask(",\"prompt_logprobs\":0");
        assertThat(submitted().options().prefill().mode()).isEqualTo(PrefillMode.EXACT);
    }

    @Test
    void aDefaultGivesWayWhereAModelThatIsStillToBeLoadedHasNoPredictor() throws Exception {
        byDefault(new PrefillChoice(PrefillMode.PREDICTED, null, null));
        edge.engine.withState(ModelState.AVAILABLE).offering(PrefillMode.EXACT);
        ask("");
        assertThat(submitted().options().prefill().mode()).isEqualTo(PrefillMode.EXACT);
        Reply refused = ask(",\"prefill_mode\":\"predicted\"");
        assertThat(refused.error().path("code").asText()).isEqualTo("unsupported_feature");
        edge.engine.offering(PrefillMode.values());
        ask("");
        assertThat(submitted().options().prefill().mode()).isEqualTo(PrefillMode.PREDICTED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"prefill_mode\":\"guess\"|prefill_mode|exact, predicted or auto",
                "\"prefill_mode\":1|prefill_mode|a string",
                "\"repair_by\":0|repair_by|at least 1",
                "\"repair_by\":\"later\"|repair_by|slack, never",
                "\"repair_by\":1.5|repair_by|slack, never",
                "\"ttft_objective_ms\":0|ttft_objective_ms|[1, 1800000]",
                "\"ttft_objective_ms\":\"1s\"|ttft_objective_ms|an integer",
                "\"prefill_mode\":\"predicted\",\"prompt_logprobs\":0|prefill_mode|log-probabilities",
                "\"prepare_next_turn\":true,\"n\":2|prepare_next_turn|n to be 1",
            })
    void refusesByName(String field, String param, String message) throws Exception {
        Reply reply = ask("," + field);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("param").asText()).isEqualTo(param);
        assertThat(reply.error().path("message").asText()).contains(param).contains(message);
    }

    @ParameterizedTest
    @CsvSource({
        "x-foretoken-prefill-mode, fast",
        "x-foretoken-repair-by, -1",
        "x-foretoken-ttft-objective-ms, 0.5",
        "x-llm-d-slo-ttft-ms, soon"
    })
    void refusesHeadersByName(String name, String value) throws Exception {
        Reply reply = ask("", name, value);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("param").asText()).isEqualTo(name);
    }

    @Test
    void aModelWithoutPredictorRefusesToPredictAndTakesAuto() throws Exception {
        edge.engine.offering(PrefillMode.EXACT);
        Reply reply = ask(",\"prefill_mode\":\"predicted\"");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("unsupported_feature");
        assertThat(reply.error().path("message").asText()).contains("'toy'").contains("predictor");
        assertThat(ask(",\"prefill_mode\":\"auto\"").status()).isEqualTo(200);
    }

    @Test
    void tellsThatAPromptWasPredictedAndWhenItWasRepaired() throws Exception {
        edge.engine.behaving(generation -> predicted(generation, 1));
        Reply reply = ask(",\"prefill_mode\":\"auto\",\"max_tokens\":2");
        assertThat(reply.header("x-foretoken-prefill-mode")).isEqualTo("predicted");
        int prompt = reply.json().at("/usage/prompt_tokens").asInt();
        JsonNode prefill = reply.json().at("/usage/prefill");
        assertThat(prefill.path("mode").asText()).isEqualTo("predicted");
        assertThat(prefill.path("predicted_tokens").asInt()).isEqualTo(prompt - 1);
        assertThat(prefill.path("repaired").asBoolean()).isTrue();
        assertThat(prefill.path("repaired_at").asInt()).isEqualTo(1);
    }

    @Test
    void aStreamTellsTheModeInItsHeaderAndTheRestInTheUsage() throws Exception {
        edge.engine.behaving(generation -> predicted(generation, PrefillUsage.NEVER));
        Reply reply = ask(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        assertThat(reply.header("x-foretoken-prefill-mode")).isEqualTo("predicted");
        List<JsonNode> events = reply.events();
        assertThat(events.subList(0, events.size() - 1))
                .allSatisfy(event -> assertThat(event.toString()).doesNotContain("repaired"));
        JsonNode prefill = events.getLast().at("/usage/prefill");
        assertThat(prefill.path("mode").asText()).isEqualTo("predicted");
        assertThat(prefill.path("repaired").asBoolean()).isFalse();
        assertThat(prefill.path("repaired_at").isNull()).isTrue();
    }

    private static void predicted(FakeGeneration generation, int repairedAt) {
        int prompt = generation.request().prompt().size();
        generation.startedPredicted(0, 0);
        generation.token(0, 5);
        generation.token(0, 6);
        PrefillUsage prefill = new PrefillUsage(PrefillMode.PREDICTED, prompt - 1, repairedAt);
        generation.push(
                new EngineEvent.Finished(0, FinishReason.LENGTH, new Usage(prompt, 0, 2, prefill, Timings.NONE)));
    }

    @Test
    void anAnswerThatAStopStringEndsTellsWhatHadHappenedUntilThen() throws Exception {
        int[] ids = edge.tokenizer.encode("END", false);
        edge.engine.behaving(generation -> {
            generation.startedPredicted(0, 2);
            generation.push(
                    new EngineEvent.Repaired(0, generation.request().prompt().size()));
            for (int id : ids) {
                generation.token(0, id);
            }
        });
        JsonNode usage = ask(",\"stop\":\"END\"").json().path("usage");
        assertThat(usage.at("/prefill/predicted_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt() - 1 - 2);
        assertThat(usage.at("/prefill/repaired_at").asInt()).isZero();
        assertThat(usage.at("/prefill/repaired").asBoolean()).isTrue();
    }

    @Test
    void modelsTellTheirModes() throws Exception {
        byDefault(new PrefillChoice(PrefillMode.AUTO, null, null));
        JsonNode model = calls.get("/v1/models/toy").json();
        assertThat(model.path("prefill_modes").toString()).isEqualTo("[\"exact\",\"predicted\",\"auto\"]");
        assertThat(model.path("default_prefill_mode").asText()).isEqualTo("auto");
        JsonNode bare = calls.get("/v1/models/bare").json();
        assertThat(bare.path("prefill_modes").toString()).isEqualTo("[\"exact\"]");
        assertThat(bare.has("default_prefill_mode")).isFalse();
    }

    @Test
    void theNextTurnIsPreparedWhenTheAnswerIsOut() throws Exception {
        edge.engine.behaving(generation -> predicted(generation, PrefillUsage.NEVER));
        ask(",\"prepare_next_turn\":true");
        GenerationRequest answered = submitted();
        GenerationRequest prepared = submitted();
        assertThat(prepared.stop().maxTokens()).isZero();
        assertThat(prepared.prompt().size()).isGreaterThan(answered.prompt().size());
        assertThat(prepared.identity().tenant()).isEqualTo(answered.identity().tenant());
        ask(",\"stream\":true,\"prepare_next_turn\":true");
        submitted();
        assertThat(submitted().stop().maxTokens()).isZero();
    }

    @Test
    void nothingIsPreparedThatNobodyAskedFor() throws Exception {
        edge.engine.behaving(generation -> predicted(generation, PrefillUsage.NEVER));
        ask("");
        ask(",\"stream\":true");
        assertThat(edge.engine.submittedCount()).isEqualTo(2);
        assertThat(calls.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"a\",\"prepare_next_turn\":true}")
                        .status())
                .isEqualTo(400);
    }
}
