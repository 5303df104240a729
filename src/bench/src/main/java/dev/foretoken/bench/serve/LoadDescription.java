package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.PrefillAsk;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The load as a result file states it. Either {@code concurrency} or {@code ratePerSecond} is there. */
record LoadDescription(
        String url,
        String endpoint,
        String model,
        @Nullable Integer concurrency,
        @Nullable Double ratePerSecond,
        String input,
        String output,
        String prompts,
        int sharedPrefix,
        boolean ignoreEos,
        @Nullable Double temperature,
        double cancelFraction,
        double malformedFraction,
        long seed,
        Map<String, Double> sloSeconds,
        PrefillAsk prefill) {

    static LoadDescription of(String url, WorkloadShape shape, Arrivals arrivals, Slo slo) {
        return new LoadDescription(
                url,
                shape.endpoint().path(),
                shape.model(),
                arrivals instanceof Arrivals.ClosedLoop closed ? closed.concurrency() : null,
                arrivals instanceof Arrivals.Poisson poisson ? poisson.perSecond() : null,
                shape.input().toString(),
                shape.output().toString(),
                shape.vocabulary() > 0 ? "token ids below " + shape.vocabulary() : "words",
                shape.sharedPrefix(),
                shape.ignoreEos(),
                shape.temperature(),
                shape.cancelFraction(),
                shape.malformedFraction(),
                shape.seed(),
                slo.seconds(),
                shape.prefill());
    }
}
