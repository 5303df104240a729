package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ChatRouteTest {

    private static final String ROUTE = "/v1/chat/completions";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void reset() {
        calls = new Calls(root);
        edge.reset();
        edge.engine.answering(edge.tokenizer.encode("fine, thanks", false));
    }

    private static String chat(String fields) {
        return "{\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"How?\"}]" + fields + "}";
    }

    @Test
    void answersAMessage() throws Exception {
        JsonNode body = calls.post(ROUTE, chat("")).json();
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        assertThat(body.path("id").asText()).startsWith("chatcmpl-");
        assertThat(body.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("fine, thanks");
        assertThat(body.at("/usage/total_tokens").asInt()).isPositive();
    }

    @Test
    void rendersMessagesThroughTheTemplateWithoutAddingSpecialTokens() throws Exception {
        String messages = """
                {"model":"toy","messages":[{"role":"developer","content":"Be."},
                {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}""";
        calls.post(ROUTE, messages);
        int[] prompt = edge.engine.nextSubmitted().request().prompt().tokens().toArray();
        assertThat(prompt).containsExactly(edge.tokenizer.encode("<system>Be.<user>a\nb<assistant>", false));
    }

    @Test
    void givesTheWholeContextWhenNoLimitIsSent() throws Exception {
        calls.post(ROUTE, chat(""));
        GenerationRequest request = edge.engine.nextSubmitted().request();
        assertThat(request.stop().maxTokens())
                .isEqualTo(FakeEngine.CONTEXT - request.prompt().size());
    }

    @Test
    void streamsTheRoleFirstThenTextThenTheReason() throws Exception {
        List<JsonNode> events = calls.post(ROUTE, chat(",\"stream\":true")).events();
        assertThat(events.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(events.getFirst().path("object").asText()).isEqualTo("chat.completion.chunk");
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event.at("/choices/0/delta/content").asText()));
        assertThat(text.toString()).isEqualTo("fine, thanks");
        assertThat(events.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(events.getFirst().has("usage")).isFalse();
    }

    @Test
    void streamsTheUsageLastWhenAsked() throws Exception {
        JsonNode last = calls.post(ROUTE, chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
                .events()
                .getLast();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/prompt_tokens_details").has("cached_tokens")).isTrue();
    }

    @Test
    void listsLogprobsWithBytes() throws Exception {
        JsonNode first = calls.post(ROUTE, chat(",\"logprobs\":true,\"top_logprobs\":2"))
                .json()
                .at("/choices/0/logprobs/content/0");
        assertThat(first.path("logprob").asDouble()).isEqualTo(-0.5);
        assertThat(first.path("top_logprobs")).hasSize(2);
        assertThat(first.at("/bytes/0").asInt()).isEqualTo('f');
    }

    @Test
    void streamsLogprobsAndTokenIdsPerToken() throws Exception {
        List<JsonNode> events = calls.post(ROUTE, chat(",\"stream\":true,\"logprobs\":true,\"return_token_ids\":true"))
                .events();
        assertThat(events.getFirst().path("prompt_token_ids")).isNotEmpty();
        assertThat(events.get(1).at("/choices/0/logprobs/content")).hasSize(1);
        assertThat(events.get(1).at("/choices/0/token_ids")).hasSize(1);
    }

    @Test
    void acceptsToolsAndEarlierToolCalls() throws Exception {
        String body = """
                {"model":"toy","tool_choice":"auto","tools":[{"type":"function","function":{"name":"clock",
                "parameters":{"type":"object"}}}],"messages":[{"role":"user","content":"Time?"},
                {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                "function":{"name":"clock","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"9"}]}""";
        assertThat(calls.post(ROUTE, body).status()).isEqualTo(200);
    }

    @Test
    void answersSeveralTimes() throws Exception {
        JsonNode choices = calls.post(ROUTE, chat(",\"n\":3")).json().path("choices");
        assertThat(choices.findValuesAsText("index")).containsExactly("0", "1", "2");
    }
}
