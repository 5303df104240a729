package dev.foretoken.gateway.picker;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.Locale;

/** Counts what became of requests that an endpoint was asked for. */
final class PickerMetrics {

    private static final Metric PICKS = Metric.of(
            "foretoken_endpoint_picks_total",
            "Requests that an endpoint was asked for, by what became of them: picked, or the error",
            "outcome");

    private final Telemetry telemetry;
    private final Counter picked;

    PickerMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.picked = telemetry.counter(PICKS, "picked");
    }

    void picked() {
        picked.increment();
    }

    void refused(ErrorCode why) {
        telemetry.counter(PICKS, why.name().toLowerCase(Locale.ROOT)).increment();
    }
}
