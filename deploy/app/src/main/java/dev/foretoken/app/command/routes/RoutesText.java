package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.PlainText;
import dev.foretoken.app.terminal.Table;

/** Decisions for people. */
final class RoutesText {

    private static final double MILLI = 1e6;
    private static final String EXPECTED_TTFT = "expected-ttft";

    private RoutesText() {}

    static Table list(JsonNode page) {
        Table table =
                new Table("ID", "AT", "MODEL", "TENANT", "POLICY", ">PROMPT", ">CANDIDATES", "ENDPOINT", "OUTCOME");
        for (JsonNode decision : page.path("decisions")) {
            table.row(
                    text(decision, "id"),
                    text(decision, "at"),
                    text(decision, "model"),
                    text(decision, "tenant"),
                    text(decision, "policy"),
                    decision.path("prompt_tokens").asText(),
                    Integer.toString(decision.path("candidates").size()),
                    text(decision, "endpoint"),
                    outcome(decision));
        }
        return table;
    }

    private static String outcome(JsonNode decision) {
        String reason = text(decision, "reason");
        return text(decision, "outcome") + (reason.isEmpty() ? "" : ": " + reason);
    }

    /** One line above the candidates. */
    static String summary(JsonNode decision) {
        String where = decision.has("endpoint") ? text(decision, "endpoint") : "nowhere";
        String model = decision.path("model").asText().isEmpty() ? "a request" : text(decision, "model");
        return model + " with " + decision.path("prompt_tokens").asText() + " prompt tokens at " + text(decision, "at")
                + " by " + text(decision, "policy") + " to " + where + " (" + outcome(decision) + ")";
    }

    static Table candidates(JsonNode decision) {
        boolean times = decision.path("policy").asText().equals(EXPECTED_TTFT);
        Table table = new Table(
                "ENDPOINT",
                "STANDING",
                "FRESH",
                ">SEQUENCES",
                ">IN FLIGHT",
                ">QUEUED",
                ">SENT",
                ">AHEAD",
                ">CACHED",
                ">KV USED",
                ">SLOWNESS",
                times ? ">EXPECTED TTFT" : ">SCORE",
                "WHY NOT");
        for (JsonNode candidate : decision.path("candidates")) {
            candidate(table, candidate, times);
        }
        return table;
    }

    private static void candidate(Table table, JsonNode candidate, boolean times) {
        JsonNode seen = candidate.path("features");
        double score = candidate.path("score").asDouble();
        String figure = times ? millis(score) : Figures.number(score, 2);
        table.row(
                text(candidate, "endpoint"),
                text(seen, "standing"),
                seen.path("fresh").asBoolean() ? "yes" : "no",
                seen.path("sequences").asText(),
                seen.path("in_flight").asText(),
                seen.path("queued_tokens").asText(),
                seen.path("sent_tokens").asText(),
                millis(seen.path("ahead_nanos").asDouble()),
                seen.path("cached_tokens").asText(),
                Figures.percent(seen.path("cache_usage").asDouble()),
                Figures.number(seen.path("slowness").asDouble(), 2),
                candidate.has("score") ? figure : "",
                candidate.has("why_not") ? text(candidate, "why_not") : "chosen");
    }

    static String millis(double nanos) {
        return Double.isFinite(nanos) ? Figures.number(nanos / MILLI, 1) + " ms" : "";
    }

    private static String text(JsonNode json, String field) {
        return PlainText.of(json.path(field).asText());
    }
}
