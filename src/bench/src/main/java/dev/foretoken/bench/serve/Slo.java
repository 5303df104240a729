package dev.foretoken.bench.serve;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a good answer keeps to, per request: upper bounds in seconds on {@code ttft}, {@code tpot} and {@code e2e}, any of
 * them. An answer that failed is never good.
 */
record Slo(Map<String, Double> seconds) {

    /** Reads {@code ttft=1s,tpot=100ms}; the empty text is the SLO that every complete answer meets. */
    static Slo parse(String text) {
        Map<String, Double> bounds = new LinkedHashMap<>();
        for (String part : text.isBlank() ? new String[0] : text.split(",")) {
            String[] pair = part.strip().split("=", 2);
            if (pair.length != 2 || !pair[0].matches("ttft|tpot|e2e")) {
                throw new IllegalArgumentException(
                        "'" + part + "' is no bound; expected for example ttft=1s, tpot=100ms or e2e=30s");
            }
            Duration bound = Durations.parse(pair[1]);
            bounds.put(pair[0], bound.toNanos() / 1e9);
        }
        return new Slo(bounds);
    }

    boolean met(CallRecord call) {
        return call.succeeded()
                && call.ttftSeconds() <= bound("ttft")
                && call.tpotSeconds() <= bound("tpot")
                && call.e2eSeconds() <= bound("e2e");
    }

    private double bound(String metric) {
        return seconds.getOrDefault(metric, Double.MAX_VALUE);
    }
}
