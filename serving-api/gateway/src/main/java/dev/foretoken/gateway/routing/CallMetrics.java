package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts what was done so that callers did not notice an engine's end. */
final class CallMetrics {

    private final Map<ErrorCode, Counter> retries = new EnumMap<>(ErrorCode.class);
    private final Map<ErrorCode, Counter> migrations = new EnumMap<>(ErrorCode.class);
    private final Map<ErrorCode, Counter> stranded = new EnumMap<>(ErrorCode.class);

    private final Counter hedges;
    private final Counter hedgesWon;

    CallMetrics(Telemetry telemetry) {
        hedges = telemetry.counter(
                Metric.of("foretoken_hedges_total", "Requests sent to a second engine because the first one was slow"));
        hedgesWon = telemetry.counter(
                Metric.of("foretoken_hedges_won_total", "Of these, those that the second engine answered"));
        for (ErrorCode code : EngineFaults.RECOVERABLE) {
            String reason = code.name().toLowerCase(Locale.ROOT);
            retries.put(
                    code,
                    telemetry.counter(
                            Metric.of(
                                    "foretoken_route_retries_total",
                                    "Requests sent to another engine before their first token, by why",
                                    "reason"),
                            reason));
            migrations.put(
                    code,
                    telemetry.counter(
                            Metric.of(
                                    "foretoken_migrations_total",
                                    "Streams that another engine went on with, by why",
                                    "reason"),
                            reason));
            stranded.put(
                    code,
                    telemetry.counter(
                            Metric.of(
                                    "foretoken_migrations_failed_total",
                                    "Requests under way that no other engine could go on with, by why",
                                    "reason"),
                            reason));
        }
    }

    void hedged() {
        hedges.increment();
    }

    void decided(boolean bySecond) {
        if (bySecond) {
            hedgesWon.increment();
        }
    }

    void retried(ErrorCode why) {
        count(retries, why);
    }

    void migrated(ErrorCode why) {
        count(migrations, why);
    }

    void stranded(ErrorCode why) {
        count(stranded, why);
    }

    private static void count(Map<ErrorCode, Counter> counters, ErrorCode why) {
        Counter counter = counters.get(why);
        if (counter != null) {
            counter.increment();
        }
    }
}
