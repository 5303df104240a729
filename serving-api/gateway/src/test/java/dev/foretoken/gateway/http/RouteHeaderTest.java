package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.routing.decision.RouteDecision;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers name the decision that sent them where they were made. */
@QuarkusTest
class RouteHeaderTest {

    private static final String ROUTE = "x-foretoken-route";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void connect() {
        calls = new Calls(root);
        edge.reset();
        edge.bareEngine.answering(5);
    }

    private Calls.Reply ask(String fields) throws Exception {
        return calls.post("/v1/completions", "{\"model\":\"bare\",\"max_tokens\":2" + fields + ",\"prompt\":[1,2,3]}");
    }

    @Test
    void wholeAndStreamedAnswersNameTheirDecision() throws Exception {
        for (String fields : new String[] {"", ",\"stream\":true"}) {
            Calls.Reply reply = ask(fields);
            assertThat(reply.status()).isEqualTo(200);
            RouteDecision decision =
                    edge.gateway().routes().find(reply.header(ROUTE)).orElseThrow();
            assertThat(decision.model()).isEqualTo("bare");
            assertThat(decision.promptTokens()).isEqualTo(3);
            assertThat(decision.endpoint()).isPresent();
        }
    }

    @Test
    void runsOfGraphsNameTheirDecisions() throws Exception {
        Calls.Reply tensors = calls.post(
                "/v2/models/graph/infer",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}");
        assertThat(tensors.status()).isEqualTo(200);
        assertThat(edge.gateway().routes().find(tensors.header(ROUTE)))
                .hasValueSatisfying(decision -> assertThat(decision.model()).isEqualTo("graph"));
        Calls.Reply vectors = calls.post("/v1/embeddings", "{\"model\":\"encoder\",\"input\":[[7],[8,9],[5]]}");
        assertThat(vectors.status()).isEqualTo(200);
        assertThat(vectors.header(ROUTE).split(", "))
                .as("texts of two lengths are two runs")
                .extracting(id -> edge.gateway().routes().find(id).orElseThrow().promptTokens())
                .containsExactlyInAnyOrder(2, 2);
    }

    @Test
    void anAnswerThatFailsAfterTheChoiceNamesItToo() throws Exception {
        edge.bareEngine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full"));
        Calls.Reply reply = ask("");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(edge.gateway().routes().find(reply.header(ROUTE))).isPresent();
    }

    @Test
    void aResponseThatBeginsAtThisMomentGoesOnWithoutTheName() {
        HttpServerResponse begun = (HttpServerResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServerResponse.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("Response head already sent");
                });
        assertThatCode(() -> Exchange.name(List.of("route"), begun)).doesNotThrowAnyException();
    }

    @Test
    void whatWasRefusedBeforeNamesNone() throws Exception {
        Calls.Reply reply = calls.post("/v1/completions", "{\"model\":\"nobody\",\"prompt\":[1]}");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.header(ROUTE)).isEmpty();
    }
}
