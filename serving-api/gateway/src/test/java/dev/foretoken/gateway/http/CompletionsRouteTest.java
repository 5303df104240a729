package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TokenIds;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CompletionsRouteTest {

    private static final String ROUTE = "/v1/completions";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void reset() {
        calls = new Calls(root);
        edge.reset();
    }

    private int[] answering(String text) {
        int[] ids = edge.tokenizer.encode(text, false);
        edge.engine.answering(ids);
        return ids;
    }

    @Test
    void completesATextAndCountsItsTokens() throws Exception {
        int[] ids = answering("nice to meet you");
        Calls.Reply reply = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":\"Hello\",\"max_tokens\":40}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        JsonNode body = reply.json();
        assertThat(body.path("object").asText()).isEqualTo("text_completion");
        assertThat(body.at("/choices/0/text").asText()).isEqualTo("nice to meet you");
        assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(ids.length);
        assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(edge.tokenizer.encode("Hello", true).length);
        assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                .isZero();
    }

    @Test
    void usesOpenAisDefaults() throws Exception {
        answering("x");
        calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":\"Hello\"}");
        GenerationRequest request = edge.engine.nextSubmitted().request();
        assertThat(request.stop().maxTokens()).isEqualTo(16);
        assertThat(request.sampling().temperature()).isEqualTo(1f);
        assertThat(request.sampling().topP()).isEqualTo(1f);
        assertThat(request.choices()).isEqualTo(1);
        assertThat(request.identity().tenant()).startsWith("key-");
        assertThat(request.output().wantsLogprobs()).isFalse();
    }

    @Test
    void passesEveryFieldToTheEngine() throws Exception {
        answering("x");
        String body = """
                {"model":"toy","prompt":"Hello","max_tokens":9,"min_tokens":2,"n":3,"temperature":0.5,"top_p":0.25,
                "top_k":7,"min_p":0.125,"presence_penalty":-1,"frequency_penalty":1.5,"repetition_penalty":1.25,
                "logit_bias":{"5":-100,"3":2.5},"seed":-9,"stop":["a","b"],"stop_token_ids":[11],"ignore_eos":true,
                "priority":"batch","user":"someone","cache_salt":"salt","logprobs":2,"unknown_field":[1]}""";
        assertThat(calls.send(calls.request(ROUTE)
                                .header("content-type", "application/json; charset=utf-8")
                                .header("x-request-timeout", "2.5")
                                .POST(HttpRequest.BodyPublishers.ofString(body)))
                        .status())
                .isEqualTo(200);
        GenerationRequest request = edge.engine.nextSubmitted().request();
        assertThat(request.stop().maxTokens()).isEqualTo(9);
        assertThat(request.stop().minTokens()).isEqualTo(2);
        assertThat(request.stop().stopTokens()).isEqualTo(TokenIds.of(11));
        assertThat(request.choices()).isEqualTo(3);
        assertThat(request.sampling().temperature()).isEqualTo(0.5f);
        assertThat(request.sampling().topP()).isEqualTo(0.25f);
        assertThat(request.sampling().topK()).isEqualTo(7);
        assertThat(request.sampling().minP()).isEqualTo(0.125f);
        assertThat(request.sampling().penalties().presence()).isEqualTo(-1f);
        assertThat(request.sampling().penalties().frequency()).isEqualTo(1.5f);
        assertThat(request.sampling().penalties().repetition()).isEqualTo(1.25f);
        assertThat(request.sampling().bias().ids()).isEqualTo(TokenIds.of(3, 5));
        assertThat(request.sampling().bias().values()).containsExactly(2.5f, -100f);
        assertThat(request.sampling().seed()).isEqualTo(-9);
        assertThat(request.service().priority()).isEqualTo(Priority.BATCH);
        assertThat(request.service().timeout()).contains(Duration.ofMillis(2500));
        assertThat(request.identity().cacheSalt()).isEqualTo("salt");
        assertThat(request.output().topLogprobs()).isEqualTo(2);
    }

    @Test
    void takesTokenIdsAndArraysOfPromptsAndNumbersTheChoices() throws Exception {
        int[] ids = answering("yes");
        JsonNode one =
                calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":[5,6,7]}").json();
        assertThat(one.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
        assertThat(edge.engine.nextSubmitted().request().prompt().tokens()).isEqualTo(TokenIds.of(5, 6, 7));
        JsonNode many = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":[[5],\"Hi\",[6,7]],\"n\":2}")
                .json();
        assertThat(many.path("choices").findValuesAsText("index")).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(many.at("/usage/completion_tokens").asInt()).isEqualTo(6 * ids.length);
        assertThat(many.at("/usage/prompt_tokens").asInt()).isEqualTo(3 + edge.tokenizer.encode("Hi", true).length);
    }

    @Test
    void echoesThePrompt() throws Exception {
        answering(" world");
        JsonNode body = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":\"Hello\",\"echo\":true}")
                .json();
        assertThat(body.at("/choices/0/text").asText()).endsWith("Hello world");
    }

    @Test
    void echoesThePromptAloneWhenNoTokenIsAskedFor() throws Exception {
        answering(" world");
        String request = "{\"model\":\"toy\",\"prompt\":\"Hello\",\"echo\":true,\"max_tokens\":0";
        JsonNode body = calls.post(ROUTE, request + "}").json();
        assertThat(body.at("/choices/0/text").asText()).endsWith("Hello");
        assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(body.at("/usage/completion_tokens").asInt()).isZero();
        assertThat(edge.engine.nextSubmitted().request().output().wantsPromptLogprobs())
                .isFalse();
        assertThat(calls.post(ROUTE, request.replace("\"echo\":true,", "") + "}")
                        .status())
                .as("nothing to answer with")
                .isEqualTo(400);
    }

    @Test
    void scoresAPromptWithoutGenerating() throws Exception {
        answering("");
        String request = "{\"model\":\"toy\",\"prompt\":[5,6,7],\"echo\":true,\"max_tokens\":0,\"logprobs\":2}";
        JsonNode choice = calls.post(ROUTE, request).json().at("/choices/0");
        assertThat(choice.at("/logprobs/tokens")).hasSize(3);
        assertThat(choice.at("/logprobs/token_logprobs/0").isNull()).isTrue();
        assertThat(choice.at("/logprobs/token_logprobs/2").asDouble()).isEqualTo(-0.5);
        assertThat(choice.at("/logprobs/top_logprobs/0").isNull()).isTrue();
        assertThat(choice.at("/logprobs/top_logprobs/1")).hasSize(3);
        assertThat(choice.at("/logprobs/text_offset/0").asInt()).isZero();
        GenerationRequest submitted = edge.engine.nextSubmitted().request();
        assertThat(submitted.stop().maxTokens()).isZero();
        assertThat(submitted.output().promptLogprobs()).isEqualTo(2);
    }

    @Test
    void givesPromptLogprobsAsVllmDoes() throws Exception {
        answering("x");
        JsonNode scores = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":[5,6],\"prompt_logprobs\":1}")
                .json()
                .at("/choices/0/prompt_logprobs");
        assertThat(scores.get(0).isNull()).isTrue();
        assertThat(scores.at("/1/6/logprob").asDouble()).isEqualTo(-0.5);
        assertThat(scores.at("/1/6/rank").asInt()).isEqualTo(1);
        assertThat(scores.at("/1/60/logprob").asDouble()).isEqualTo(-1);
    }

    @Test
    void listsLogprobsWithOffsetsIntoTheText() throws Exception {
        answering("one two");
        JsonNode choice = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":\"Hi\",\"logprobs\":1}")
                .json()
                .at("/choices/0");
        String text = choice.path("text").asText();
        JsonNode tokens = choice.at("/logprobs/tokens");
        for (int i = 0; i < tokens.size(); i++) {
            int offset = choice.at("/logprobs/text_offset/" + i).asInt();
            assertThat(text.substring(offset)).startsWith(tokens.get(i).asText());
        }
    }

    @Test
    void returnsTokenIdsWhenAsked() throws Exception {
        int[] ids = answering("hey");
        JsonNode choice = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":[5,6],\"return_token_ids\":true}")
                .json()
                .at("/choices/0");
        assertThat(ints(choice.path("token_ids"))).containsExactly(ids);
        assertThat(ints(choice.path("prompt_token_ids"))).containsExactly(5, 6);
    }

    @Test
    void servesAModelWithoutTokenizerByTokenIds() throws Exception {
        edge.bareEngine.answering(7, 8);
        JsonNode body = calls.post(
                        ROUTE, "{\"model\":\"bare\",\"prompt\":[1,2],\"return_token_ids\":true,\"logprobs\":0}")
                .json();
        assertThat(ints(body.at("/choices/0/token_ids"))).containsExactly(7, 8);
        assertThat(body.at("/choices/0/text").asText()).isEmpty();
        assertThat(body.at("/choices/0/logprobs/tokens/0").asText()).isEqualTo("token_id:7");
    }

    @Test
    void streamsOneEventPerTokenAndThenTheUsage() throws Exception {
        int[] ids = answering("one two three");
        List<JsonNode> events = calls.post(
                        ROUTE,
                        "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}")
                .events();
        assertThat(events).hasSize(ids.length + 2);
        assertThat(text(events)).isEqualTo("one two three");
        assertThat(events.getFirst().path("usage").isNull()).isTrue();
        assertThat(events.getLast().path("choices")).isEmpty();
        assertThat(events.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(ids.length);
        assertThat(events.get(ids.length).at("/choices/0/finish_reason").asText())
                .isEqualTo("length");
    }

    @Test
    void streamsSeveralPromptsWithTheirOwnIndexes() throws Exception {
        answering("yes no");
        List<JsonNode> events = calls.post(
                        ROUTE, "{\"model\":\"toy\",\"prompt\":[[5],[6],[7]],\"n\":2,\"stream\":true,\"echo\":true}")
                .events();
        for (int index = 0; index < 6; index++) {
            int wanted = index;
            List<JsonNode> own = events.stream()
                    .filter(e -> e.at("/choices/0/index").asInt() == wanted)
                    .toList();
            assertThat(text(own)).endsWith("yes no");
        }
    }

    @Test
    void streamsEchoWithLogprobs() throws Exception {
        answering("yes");
        List<JsonNode> events = calls.post(
                        ROUTE, "{\"model\":\"toy\",\"prompt\":[5,6,7],\"stream\":true,\"echo\":true,\"logprobs\":1}")
                .events();
        assertThat(events.getFirst().at("/choices/0/logprobs/tokens")).hasSize(3);
        int promptLength = events.getFirst().at("/choices/0/text").asText().length();
        assertThat(events.get(1).at("/choices/0/logprobs/text_offset/0").asInt())
                .isEqualTo(promptLength);
    }

    @Test
    void stopsAtAStringAndNamesIt() throws Exception {
        answering("one STOP two");
        JsonNode choice = calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stop\":\"STOP\"}")
                .json()
                .at("/choices/0");
        assertThat(choice.path("text").asText()).isEqualTo("one ");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(choice.path("stop_reason").asText()).isEqualTo("STOP");
    }

    @Test
    void reportsTokensFoundInThePrefixCache() throws Exception {
        edge.engine.behaving(generation -> {
            generation.started(0, 2);
            generation.finished(0, FinishReason.LENGTH);
        });
        JsonNode body =
                calls.post(ROUTE, "{\"model\":\"toy\",\"prompt\":[5,6,7]}").json();
        assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                .isEqualTo(2);
    }

    private static String text(List<JsonNode> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.at("/choices/0/text").asText()));
        return text.toString();
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
