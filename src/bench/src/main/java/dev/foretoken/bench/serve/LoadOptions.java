package dev.foretoken.bench.serve;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say when requests are sent. */
final class LoadOptions {
    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Closed loop: N clients, each sends again when its answer has ended (default: 8).")
    private @Nullable Integer concurrency;

    @Option(
            names = "--think",
            paramLabel = "TIME",
            defaultValue = "0s",
            description =
                    "Closed loop: mean time between an answer's end and a client's next request (default: ${DEFAULT-VALUE}).")
    private String think = "0s";

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Open loop instead: requests arrive at random, R per second on average (Poisson).")
    private @Nullable Double rate;

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Open loop: wait when so many are unanswered (default: ${DEFAULT-VALUE}).")
    private int maxInFlight;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Stop after N requests (default: 64, or unlimited with --duration).")
    private @Nullable Integer requests;

    @Option(names = "--duration", paramLabel = "TIME", description = "Stop sending after this time, such as 60s.")
    private @Nullable String duration;

    @Option(
            names = "--warmup",
            paramLabel = "N|TIME",
            defaultValue = "0",
            description = "Do not count the first N requests to end, or this time (default: ${DEFAULT-VALUE}).")
    private String warmup = "0";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "600s",
            description = "Give up on an answer after this time (default: ${DEFAULT-VALUE}).")
    private String timeout = "600s";

    Arrivals arrivals() {
        if (concurrency != null && rate != null) {
            throw new IllegalArgumentException("--concurrency and --rate exclude each other");
        }
        return rate != null
                ? new Arrivals.Poisson(rate, maxInFlight)
                : new Arrivals.ClosedLoop(concurrency == null ? 8 : concurrency, Durations.parse(think));
    }

    LoadLimits limits() {
        int otherwise = duration == null ? 64 : Integer.MAX_VALUE;
        return new LoadLimits(
                requests == null ? otherwise : requests,
                duration == null ? LoadLimits.UNLIMITED : Durations.parse(duration),
                Durations.parse(timeout));
    }

    Warmup warmup() {
        return Warmup.parse(warmup);
    }
}
