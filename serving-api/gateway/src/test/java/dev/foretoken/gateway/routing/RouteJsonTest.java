package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.Standing;
import dev.foretoken.routing.policy.WhyNot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteJsonTest {

    private static final PrefillCost COST = new PrefillCost(1.1, 0.3, 1e7 / 3, 512);

    private static final RouteDecision DECISION = new RouteDecision(
            "0f",
            Instant.parse("2026-01-31T12:00:00.123456789Z"),
            "toy",
            "team",
            RouteDecision.Cause.HEDGE,
            "expected-ttft",
            -1L,
            7,
            1,
            List.of(
                    new RouteDecision.Candidate(
                            "p0",
                            new CandidateFeatures(
                                    Standing.BREAKER_OPEN, false, 1, 2, 3, 1L << 60, 0.1 + 0.2, 4, 0.7, COST, 5, 1.5),
                            1.0 / 3,
                            Optional.of(WhyNot.BREAKER_OPEN)),
                    new RouteDecision.Candidate(
                            "p1",
                            new CandidateFeatures(Standing.READY, true, 0, 0, 0, 0, 0, 0, 0, PrefillCost.NONE, 0, 1),
                            Double.NaN,
                            Optional.empty())),
            Optional.empty());

    /** As a file has it. */
    private static ObjectNode written(RouteDecision decision) throws Exception {
        return (ObjectNode)
                new ObjectMapper().readTree(RouteJson.decision(decision).toString());
    }

    @Test
    void whatIsWrittenIsReadAgainToTheLastBit() throws Exception {
        assertThat(RouteJsonReader.decision(written(DECISION))).isEqualTo(DECISION);
        RouteDecision refused = DECISION.refused(ErrorCode.QUEUE_FULL);
        assertThat(RouteJsonReader.decision(written(refused))).isEqualTo(refused);
    }

    @Test
    void everyFieldThatIsMissingOrWrongIsNamed() throws Exception {
        for (String field :
                List.of("id", "at", "model", "tenant", "policy", "draw", "prompt_tokens", "chosen", "candidates")) {
            assertNames(field, written(DECISION).without(field));
        }
        JsonNode candidate = written(DECISION).path("candidates").path(0);
        for (var feature : candidate.path("features").properties()) {
            ObjectNode decision = written(DECISION);
            ObjectNode features =
                    (ObjectNode) decision.path("candidates").path(0).path("features");
            features.put(feature.getKey(), "x");
            String named = feature.getKey().equals("cost") ? "nanos_per_token" : feature.getKey();
            assertNames(named, decision);
        }
        assertNames("chosen", written(DECISION).put("chosen", 2));
        assertNames("reason", written(DECISION).put("reason", "BAD"));
        assertNames("draw", written(DECISION).put("draw", "-1"));
    }

    private static void assertNames(String field, JsonNode json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RouteJsonReader.decision(json))
                .withMessageStartingWith(field + " ");
    }
}
