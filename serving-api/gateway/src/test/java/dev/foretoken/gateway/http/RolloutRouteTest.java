package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.HeaderMatch;
import dev.foretoken.routing.variant.ShadowLimits;
import dev.foretoken.routing.variant.ShadowRule;
import dev.foretoken.routing.variant.VariantRollout;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class RolloutRouteTest {

    private static final String TRIAL = "trial";
    private static final String BODY = "{\"model\":\"toy\",\"prompt\":\"Hello\",\"max_tokens\":1,\"stream\":%s}";

    @Inject
    TestEdge edge;

    @Inject
    AdminPort port;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;
    private Calls admin;

    @BeforeEach
    void rollOut() {
        edge.reset();
        calls = new Calls(root);
        admin = Calls.ofOperator(port);
        edge.engine.answering(40);
        edge.gateway
                .catalog()
                .put(Models.withText(
                        TRIAL, edge.tokenizer, new FakeEngine(TRIAL, edge.tokenizer.vocabularySize()).answering(41)));
        edge.gateway.rollOut(List.of(new VariantRollout(
                TestEdge.TEXT_MODEL,
                Optional.empty(),
                List.of(new CanaryRule(
                        TRIAL, 0, Optional.of(new HeaderMatch("x-canary", "yes")), CanaryRule.By.REQUEST)),
                Optional.of(new ShadowRule("missing", 1, 1, 8, ShadowLimits.DEFAULT)))));
    }

    @AfterEach
    void end() {
        edge.gateway.rollOut(List.of());
        edge.gateway.catalog().remove(TRIAL);
    }

    private Calls.Reply complete(String id, String canary, boolean stream) throws Exception {
        return calls.send(calls.request("/v1/completions")
                .header("content-type", "application/json")
                .header("x-request-id", id)
                .header("x-canary", canary)
                .POST(HttpRequest.BodyPublishers.ofString(BODY.formatted(stream))));
    }

    @Test
    void everyAnswerNamesTheVariantAndTheNameThatWasAskedFor() throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            assertThat(complete("a", "no", stream).header("x-foretoken-variant"))
                    .isEqualTo(TestEdge.TEXT_MODEL);
            assertThat(complete("b", "yes", stream).header("x-foretoken-variant"))
                    .isEqualTo(TRIAL);
        }
        assertThat(complete("c", "yes", false).json().path("model").asText()).isEqualTo(TestEdge.TEXT_MODEL);
    }

    @Test
    void operatorsSeeDecisionsAndTheScoreboard() throws Exception {
        complete("mine", "yes", false);
        var decision = admin.get("/admin/v1/rollouts/decisions?limit=1")
                .json()
                .path("decisions")
                .path(0);
        assertThat(decision.path("request").asText()).isEqualTo("mine");
        assertThat(decision.path("variant").asText()).isEqualTo(TRIAL);
        assertThat(decision.path("reason").asText()).isEqualTo("canary_header");
        var rollout = admin.get("/admin/v1/rollouts").json().path("rollouts").path(0);
        assertThat(rollout.path("name").asText()).isEqualTo(TestEdge.TEXT_MODEL);
        assertThat(rollout.path("canary").path(0).path("header").asText()).isEqualTo("x-canary=yes");
        assertThat(rollout.path("shadow").path("compared").asInt(-1)).isZero();
        assertThat(admin.get("/admin/v1/rollouts/decisions?limit=-1").status()).isEqualTo(400);
    }

    @Test
    void callersSeeNothingOfIt() throws Exception {
        assertThat(calls.get("/admin/v1/rollouts").status()).isEqualTo(404);
        assertThat(admin.send(admin.anonymous("/admin/v1/rollouts").GET()).status())
                .isEqualTo(401);
    }

    @Test
    void consentIsTrueOrFalse() throws Exception {
        assertThat(calls.post(
                                "/v1/completions",
                                "{\"model\":\"toy\",\"prompt\":\"a\",\"allow_cheaper_variant\":\"yes\"}")
                        .status())
                .isEqualTo(400);
    }
}
