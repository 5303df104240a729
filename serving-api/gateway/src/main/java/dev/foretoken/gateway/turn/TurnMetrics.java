package dev.foretoken.gateway.turn;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.Locale;

/** What is counted of preparations. Safe for any thread. */
final class TurnMetrics {

    private static final Metric ENDED = Metric.of(
            "foretoken_next_turns_total",
            "Next turns of chats that were to be prepared, by what became of it.",
            "model_name",
            "outcome");
    private static final Metric TOKENS =
            Metric.of("foretoken_next_turn_tokens_total", "Prompt tokens computed ahead of their turn.", "model_name");

    private final Telemetry telemetry;

    TurnMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void ended(String model, TurnOutcome outcome, int computedTokens) {
        telemetry.counter(ENDED, model, outcome.name().toLowerCase(Locale.ROOT)).increment();
        telemetry.counter(TOKENS, model).add(computedTokens);
    }
}
