package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.ModelState;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class RefusalsTest {

    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";
    private static final String GOOD = "{\"model\":\"toy\",\"prompt\":\"Hi\"}";

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

    private static void isError(Calls.Reply reply, int status, String code, String param) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.header("x-request-id")).isNotEmpty();
        JsonNode error = reply.error();
        assertThat(error.path("code").asText()).as(error.toString()).isEqualTo(code);
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("type").asText()).isNotBlank();
        assertThat(error.path("param").asText()).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            temperature | -0.1
            temperature | 2.1
            temperature | "warm"
            temperature | 1e400
            top_p | 0
            top_p | 1.5
            top_p | [1]
            top_k | -2
            top_k | 1.5
            min_p | -0.1
            min_p | 1.1
            presence_penalty | 2.5
            presence_penalty | -2.5
            frequency_penalty | 3
            frequency_penalty | -3
            repetition_penalty | 0
            repetition_penalty | 11
            max_tokens | -1
            max_tokens | 0
            max_tokens | 99999999999999999999
            max_tokens | true
            min_tokens | -1
            min_tokens | 17
            n | 0
            n | 129
            logprobs | -1
            logprobs | 21
            logprobs | true
            prompt_logprobs | -1
            prompt_logprobs | 21
            seed | 1.5
            seed | 99999999999999999999
            stop | 5
            stop | [""]
            stop | ["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q"]
            stop[0] | [1]
            stop_token_ids | 5
            stop_token_ids | [-1]
            stop_token_ids[0] | ["a"]
            stop_token_ids | [99999999]
            logit_bias | [1]
            logit_bias | {"a":1}
            logit_bias | {"-1":1}
            logit_bias | {"1":101}
            logit_bias.1 | {"1":"x"}
            logit_bias | {"1":1,"01":2}
            priority | "urgent"
            priority | 1.5
            cache_salt | 7
            stream | "yes"
            stream_options | {"include_usage":true}
            echo | 1
            ignore_eos | "no"
            return_token_ids | 0
            prompt | {}
            prompt | []
            prompt | [-1]
            prompt | [99999999]
            prompt[1] | [5,"a"]
            prompt[1] | ["a",5]
            prompt[0][0] | [[[1]]]
            prompt | ["a","b","c","d","e","f","g","h","i"]
            model | 5
            """)
    void refusesAValueByTheNameOfItsField(String param, String value) throws Exception {
        String field = param.replaceAll("[\\[.].*", "");
        String rest = (field.equals("prompt") ? "" : ",\"prompt\":\"Hi\"")
                + (field.equals("model") ? "" : ",\"model\":\"toy\"");
        isError(calls.post(COMPLETIONS, "{\"" + field + "\":" + value + rest + "}"), 400, "invalid_request", param);
        assertThat(edge.engine.submittedCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            messages | null
            messages | []
            messages | "hi"
            messages[0] | ["hi"]
            messages[0].role | [{"content":"x"}]
            messages[0].role | [{"role":"robot","content":"x"}]
            messages[0].content | [{"role":"user"}]
            messages[0].content | [{"role":"user","content":5}]
            messages[0].content[0].type | [{"role":"user","content":[{}]}]
            messages[0].content[0].text | [{"role":"user","content":[{"type":"text"}]}]
            messages[0].name | [{"role":"user","content":"x","name":"two words"}]
            messages[0].tool_calls[0].function | [{"role":"assistant","tool_calls":[{}]}]
            tools | {}
            tools[0].type | [{}]
            tools[0].function | [{"type":"function"}]
            tools[0].function.name | [{"type":"function","function":{"name":""}}]
            tools[0].function.parameters | [{"type":"function","function":{"name":"f","parameters":[]}}]
            logprobs | 1
            top_logprobs | 2
            max_completion_tokens | 0
            chat_template_kwargs | []
            """)
    void refusesAChatFieldByItsName(String param, String value) throws Exception {
        String field = param.replaceAll("[\\[.].*", "");
        String rest = field.equals("messages") ? "" : ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
        isError(
                calls.post(CHAT, "{\"model\":\"toy\",\"" + field + "\":" + value + rest + "}"),
                400,
                "invalid_request",
                param);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            suffix | "x"
            best_of | 2
            guided_json | {}
            structured_outputs | {}
            use_beam_search | true
            store | true
            response_format | {"type":"json_object"}
            """)
    void refusesWhatItDoesNotOfferByName(String field, String value) throws Exception {
        String body = "{\"model\":\"toy\",\"prompt\":\"Hi\",\"" + field + "\":" + value + "}";
        isError(calls.post(COMPLETIONS, body), 400, "unsupported_feature", field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            response_format | {"type":"json_schema"}
            functions | []
            audio | {}
            modalities | ["text","audio"]
            tool_choice | "required"
            tool_choice | {"type":"function","function":{"name":"f"}}
            """)
    void refusesWhatChatDoesNotOfferByName(String field, String value) throws Exception {
        String body = "{\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"" + field + "\":"
                + value + "}";
        isError(calls.post(CHAT, body), 400, "unsupported_feature", field);
    }

    @Test
    void acceptsTheHarmlessFormOfWhatItDoesNotOffer() throws Exception {
        edge.engine.answering(5);
        String body = """
                {"model":"toy","prompt":"Hi","best_of":1,"suffix":null,"store":false,"use_beam_search":false,
                "response_format":{"type":"text"}}""";
        assertThat(calls.post(COMPLETIONS, body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "\"x\"",
                "5",
                "null",
                "{\"a\":1}{}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":1,}",
                "{\"a\":01}",
                "\u0000"
            })
    void refusesABodyThatIsNotOneJsonObject(String body) throws Exception {
        isError(calls.post(COMPLETIONS, body), 400, "invalid_request", "null");
    }

    @Test
    void refusesDeepNesting() throws Exception {
        String body = "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
        isError(calls.post(COMPLETIONS, body), 400, "invalid_request", "null");
    }

    @Test
    void refusesNumbersOfManyDigits() throws Exception {
        isError(calls.post(COMPLETIONS, "{\"seed\":" + "9".repeat(1000) + "}"), 400, "invalid_request", "null");
    }

    @Test
    void refusesAnOversizedBodyWhetherAnnouncedOrNot() throws Exception {
        String body = "{\"model\":\"toy\",\"prompt\":\"" + "x".repeat(TestEdge.LIMITS.maxBodyBytes()) + "\"}";
        isError(calls.post(COMPLETIONS, body), 413, "payload_too_large", "null");
        HttpRequest.BodyPublisher chunked =
                HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(body));
        isError(
                calls.send(calls.request(COMPLETIONS)
                        .header("content-type", "application/json")
                        .POST(chunked)),
                413,
                "payload_too_large",
                "null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", ""})
    void refusesAnotherContentType(String type) throws Exception {
        HttpRequest.Builder request = calls.request(COMPLETIONS).POST(HttpRequest.BodyPublishers.ofString(GOOD));
        isError(
                calls.send(type.isEmpty() ? request : request.header("content-type", type)),
                415,
                "unsupported_media_type",
                "null");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /v1/completions      | POST
            DELETE | /v1/chat/completions | POST
            PUT    | /v1/models           | GET, HEAD
            POST   | /v1/models/a/b       | GET, HEAD
            GET    | /tokenize            | POST
            GET    | /detokenize          | POST
            POST   | /health/live         | GET, HEAD
            POST   | /health/ready        | GET, HEAD
            POST   | /metrics             | GET, HEAD
            POST   | /version             | GET, HEAD
            """)
    void refusesAnotherMethodAndNamesThoseThatAreTaken(String method, String path, String allowed) throws Exception {
        Calls.Reply reply = calls.send(calls.request(path).method(method, HttpRequest.BodyPublishers.ofString("{}")));
        isError(reply, 405, "method_not_allowed", "null");
        assertThat(reply.response().headers().allValues("allow")).containsExactly(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/v1", "/v1/", "/v1/nothing", "/v3/models", "/favicon.ico", "/q/health", "/..%2f..%2fetc"})
    void refusesAnUnknownRoute(String path) throws Exception {
        isError(calls.get(path), 404, "route_not_found", "null");
    }

    @Test
    void refusesAnUnknownModelAndSaysWhatIsServed() throws Exception {
        Calls.Reply reply = calls.post(COMPLETIONS, "{\"model\":\"gpt\",\"prompt\":\"Hi\"}");
        isError(reply, 404, "model_not_found", "model");
        assertThat(reply.error().path("message").asText()).contains("'gpt'").contains("'toy'");
        isError(calls.get("/v1/models/gpt"), 404, "model_not_found", "model");
    }

    @Test
    void refusesMoreThanTheContextWithBothNumbers() throws Exception {
        Calls.Reply reply = calls.post(COMPLETIONS, "{\"model\":\"toy\",\"prompt\":[1,2,3,4],\"max_tokens\":61}");
        isError(reply, 400, "context_length_exceeded", "max_tokens");
        assertThat(reply.error().path("message").asText()).contains("64").contains("65");
        String ids = "1,".repeat(70) + "1";
        Calls.Reply prompt = calls.post(COMPLETIONS, "{\"model\":\"toy\",\"prompt\":[" + ids + "]}");
        isError(prompt, 400, "context_length_exceeded", "max_tokens");
        assertThat(prompt.error().path("message").asText()).contains("64").contains("71");
    }

    @Test
    void refusesTextForAModelWithoutTokenizer() throws Exception {
        isError(calls.post(COMPLETIONS, "{\"model\":\"bare\",\"prompt\":\"Hi\"}"), 400, "unsupported_feature", "null");
        String chat = "{\"model\":\"bare\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        isError(calls.post(CHAT, chat), 400, "unsupported_feature", "null");
    }

    @Test
    void passesOnAFullQueueWithTheTimeToRetry() throws Exception {
        edge.engine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "512 requests wait")
                .withRetryAfter(Duration.ofMillis(2300)));
        Calls.Reply reply = calls.post(COMPLETIONS, GOOD);
        isError(reply, 429, "queue_full", "null");
        assertThat(reply.header("retry-after")).isEqualTo("3");
    }

    @ParameterizedTest
    @CsvSource({"DRAINING,503", "MODEL_LOADING,503", "REPLICA_UNAVAILABLE,503", "INSUFFICIENT_MEMORY,503"})
    void passesOnARefusalOfTheEngine(ErrorCode code, int status) throws Exception {
        edge.engine.refusing(new ForetokenException(code, "not now"));
        isError(calls.post(COMPLETIONS, GOOD), status, code.name().toLowerCase(Locale.ROOT), "null");
    }

    @Test
    void answersWith504WhenTheTimeIsOverBeforeTheFirstToken() throws Exception {
        for (String stream : List.of("false", "true")) {
            HttpRequest.Builder request = calls.request(COMPLETIONS)
                    .header("content-type", "application/json")
                    .header("x-request-timeout", "0.05")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":" + stream + "}"));
            isError(calls.send(request), 504, "deadline_exceeded", "null");
            assertThat(edge.engine.nextSubmitted().awaitCancelled()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "0", "1e3", "99999999", "1.2.3"})
    void refusesATimeoutThatIsNotAPositiveTime(String value) throws Exception {
        HttpRequest.Builder request = calls.request(COMPLETIONS)
                .header("content-type", "application/json")
                .header("x-request-timeout", value)
                .POST(HttpRequest.BodyPublishers.ofString(GOOD));
        Calls.Reply reply = calls.send(request);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("param").asText()).contains("timeout");
    }

    @Test
    void hidesTheInsideOfItsOwnFailures() throws Exception {
        edge.engine.behaving(generation -> {
            throw new IllegalStateException("secret /etc/path at 0x7fff");
        });
        Calls.Reply reply = calls.post(COMPLETIONS, GOOD);
        isError(reply, 500, "internal_error", "null");
        assertThat(reply.response().body()).doesNotContain("secret", "Exception", "/etc", "dev.foretoken");
    }

    @Test
    void reportsAFailureInTheMiddleOfAStreamAsAnEvent() throws Exception {
        edge.engine.behaving(generation -> {
            generation.started(0, 0);
            generation.token(0, edge.tokenizer.encode("A", false)[0]);
            generation.push(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "device 0x7fff lost"));
        });
        Calls.Reply reply = calls.post(
                CHAT, "{\"model\":\"toy\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        assertThat(reply.status()).isEqualTo(200);
        JsonNode last = reply.events().getLast();
        assertThat(last.at("/error/code").asText()).isEqualTo("runtime_failed");
        assertThat(last.toString()).doesNotContain("0x7fff");
    }

    @Test
    void keepsAHarmlessRequestIdAndReplacesAnother() throws Exception {
        Calls.Reply kept = calls.send(
                calls.request("/v1/models").header("x-request-id", "abc-123").GET());
        assertThat(kept.header("x-request-id")).isEqualTo("abc-123");
        Calls.Reply replaced = calls.send(
                calls.request("/v1/models").header("x-request-id", "<script>").GET());
        assertThat(replaced.header("x-request-id")).matches("[0-9a-f]{32}");
    }

    @Test
    void isNotReadyWithoutAReadyModel() throws Exception {
        assertThat(calls.get("/health/ready").status()).isEqualTo(200);
        edge.engine.withState(ModelState.LOADING);
        edge.bareEngine.withState(ModelState.FAILED);
        assertThat(calls.get("/health/ready").status()).isEqualTo(200);
        edge.graph.withState(ModelState.FAILED);
        edge.encoder.withState(ModelState.DRAINING);
        assertThat(calls.get("/health/ready").status()).isEqualTo(503);
        assertThat(calls.get("/v2/health/ready").status()).isEqualTo(503);
        assertThat(calls.get("/v2/models/graph/ready").status()).isEqualTo(503);
        assertThat(calls.get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void asksToWaitForAModelThatIsStillLoading() throws Exception {
        edge.engine.withState(ModelState.LOADING);
        Calls.Reply reply = calls.post(COMPLETIONS, "{\"model\":\"toy\",\"prompt\":\"Hi\"}");
        isError(reply, 503, "model_loading", "null");
        assertThat(reply.header("retry-after")).isEqualTo("1");
        assertThat(edge.engine.submittedCount()).isZero();
    }
}
