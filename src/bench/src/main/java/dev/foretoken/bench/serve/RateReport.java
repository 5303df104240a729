package dev.foretoken.bench.serve;

import java.util.List;

/**
 * What a span of the run got done per second.
 *
 * @param outputTokensPerSecond tokens whose event came inside the span, of every answer, cancelled ones included, as
 *     this client counts them
 * @param requestsPerSecond answers that came whole and ended inside the span
 * @param goodputPerSecond those among them that met the SLO
 * @param goodShare goodput over requests per second; 0 when there were none
 */
record RateReport(
        double seconds,
        double outputTokensPerSecond,
        double requestsPerSecond,
        double goodputPerSecond,
        double goodShare) {

    static RateReport of(List<CallRecord> calls, Window window, Slo slo) {
        long tokens = 0;
        int whole = 0;
        int good = 0;
        for (CallRecord call : calls) {
            long origin = call.originNanos();
            tokens += call.tokens().between(origin + window.fromNanos(), origin + window.toNanos() + 1);
            if (call.succeeded() && window.contains(call.endNanos())) {
                whole++;
                good += slo.met(call) ? 1 : 0;
            }
        }
        double seconds = window.seconds();
        return new RateReport(
                seconds,
                perSecond(tokens, seconds),
                perSecond(whole, seconds),
                perSecond(good, seconds),
                whole == 0 ? 0 : (double) good / whole);
    }

    private static double perSecond(long count, double seconds) {
        return seconds <= 0 ? 0 : count / seconds;
    }
}
