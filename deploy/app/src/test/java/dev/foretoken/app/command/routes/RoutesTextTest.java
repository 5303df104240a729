package dev.foretoken.app.command.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutesTextTest {

    private static final String DECISION = """
            {"id": "0f", "at": "2026-03-01T12:00:00Z", "model": "toy", "tenant": "team", "policy": "expected-ttft",
             "outcome": "refused", "reason": "QUEUE_FULL", "endpoint": "p\\u001b0", "draw": "0000000000000000",
             "prompt_tokens": 64, "chosen": 0, "candidates": [
              {"endpoint": "p\\u001b0", "score": 74000000.0, "features":
                {"standing": "ready", "fresh": true, "sequences": 1, "in_flight": 2, "queued_tokens": 3, "sent_tokens": 4,
                 "ahead_nanos": 5000000.0, "cached_tokens": 6, "cache_usage": 0.25, "last_turn": 7, "slowness": 1.5}},
              {"endpoint": "p1", "why_not": "stale", "features":
                {"standing": "ready", "fresh": false, "sequences": 0, "in_flight": 0, "queued_tokens": 0, "sent_tokens": 0,
                 "ahead_nanos": 0.0, "cached_tokens": 0, "cache_usage": 0.0, "last_turn": 0, "slowness": 1.0}}]}
            """;

    private static JsonNode read(String json) throws Exception {
        return new ObjectMapper().readTree(json);
    }

    private static String words(String line) {
        return line.replaceAll(" +", " ");
    }

    @Test
    void everyDecisionHasARowThatNoTerminalObeys() throws Exception {
        List<String> lines =
                RoutesText.list(read("{\"decisions\": [" + DECISION + "]}")).lines();
        assertThat(lines).hasSize(2);
        assertThat(words(lines.get(1)))
                .isEqualTo("0f 2026-03-01T12:00:00Z toy team expected-ttft 64 2 p?0 refused: QUEUE_FULL");
    }

    @Test
    void everyCandidateHasARowWithItsFeaturesAndWhyNot() throws Exception {
        JsonNode decision = read(DECISION);
        List<String> lines = RoutesText.candidates(decision).lines();
        assertThat(lines.get(0)).contains("EXPECTED TTFT");
        assertThat(words(lines.get(1))).isEqualTo("p?0 ready yes 1 2 3 4 5.0 ms 6 25.0 % 1.50 74.0 ms chosen");
        assertThat(words(lines.get(2))).isEqualTo("p1 ready no 0 0 0 0 0.0 ms 0 0.0 % 1.00 stale");
        assertThat(RoutesText.summary(decision))
                .isEqualTo(
                        "toy with 64 prompt tokens at 2026-03-01T12:00:00Z by expected-ttft to p?0 (refused: QUEUE_FULL)");
    }

    @Test
    void scoresOfOtherPoliciesAreNoTimes() throws Exception {
        List<String> lines = RoutesText.candidates(
                        read(DECISION.replace("expected-ttft", "least-loaded").replace("74000000.0", "3.0")))
                .lines();
        assertThat(lines.get(0)).contains("SCORE").doesNotContain("TTFT");
        assertThat(words(lines.get(1))).contains(" 3.00 chosen");
    }
}
