package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.LatencySummary;
import dev.foretoken.bench.stats.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs every mode at every load, the modes in turn, so that all of them meet the same server and machine. */
final class GoodputSeries {
    /** Between the prompts of two runs: further than seeds that people write are apart. */
    private static final long PROMPT_SEEDS = 1L << 32;

    private final OpenAiClient client;
    private final WorkloadShape shape;
    private final LoadLimits limits;
    private final Warmup warmup;
    private final Slo slo;
    private final ProgressBar bar;
    private int done;

    GoodputSeries(
            OpenAiClient client, WorkloadShape shape, LoadLimits limits, Warmup warmup, Slo slo, ProgressBar bar) {
        this.client = client;
        this.shape = shape;
        this.limits = limits;
        this.warmup = warmup;
        this.slo = slo;
        this.bar = bar;
    }

    private record Run(RateReport rates, Account account, TokenAccount tokens, LatencySummary ttft) {}

    List<GoodputReport.Load> measure(int clients, List<Duration> thinks, List<String> modes, int rounds)
            throws InterruptedException {
        int all = thinks.size() * modes.size() * rounds;
        List<GoodputReport.Load> loads = new ArrayList<>();
        for (Duration think : thinks) {
            List<List<Run>> runs = new ArrayList<>();
            modes.forEach(mode -> runs.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < modes.size(); i++) {
                    bar.update(done, all, "%s, think %s".formatted(modes.get(i), think));
                    runs.get(i).add(run(new Arrivals.ClosedLoop(clients, think), modes.get(i), round, ++done));
                }
            }
            loads.add(load(clients, think, modes, runs));
        }
        return loads;
    }

    /** Requests of the same lengths at the same moments in every mode of a round, with prompts that no run before had. */
    private Run run(Arrivals arrivals, String mode, int round, int number) throws InterruptedException {
        WorkloadShape asked = shape.withPrefill(shape.prefill().withMode(mode))
                .withSeeds(shape.seed() + 1000L * round, shape.promptSeed() + number * PROMPT_SEEDS);
        LoadRunner runner = new LoadRunner(client, asked, limits, System::nanoTime, call -> {});
        List<CallRecord> calls = runner.run(arrivals);
        if (calls.isEmpty()) {
            throw new IllegalArgumentException(
                    "no request was sent within --duration; give more time, or clients that think less");
        }
        Window window = Window.steady(calls, warmup, true);
        return new Run(
                RateReport.of(calls, window, slo),
                Account.of(runner.sent(), calls),
                TokenAccount.of(calls),
                LatencyReport.of(calls, window).ttftSeconds());
    }

    private static GoodputReport.Load load(int clients, Duration think, List<String> modes, List<List<Run>> runs) {
        double first = goodput(runs.getFirst()).median();
        List<GoodputReport.Mode> summed = new ArrayList<>();
        for (int i = 0; i < modes.size(); i++) {
            summed.add(mode(modes.get(i), runs.get(i), first));
        }
        double seconds = think.toNanos() / 1e9;
        return new GoodputReport.Load(seconds, clients / seconds, summed);
    }

    private static GoodputReport.Mode mode(String mode, List<Run> runs, double first) {
        long prompt =
                runs.stream().mapToLong(run -> run.tokens().promptServer()).sum();
        long cached =
                runs.stream().mapToLong(run -> run.tokens().cachedServer()).sum();
        long predicted =
                runs.stream().mapToLong(run -> run.tokens().predictedServer()).sum();
        Spread goodput = goodput(runs);
        return new GoodputReport.Mode(
                mode,
                goodput,
                Spread.of(runs.stream()
                        .mapToDouble(run -> run.rates().requestsPerSecond())
                        .toArray()),
                first == 0 ? 0 : goodput.median() / first,
                prompt == 0 ? 0 : (double) cached / prompt,
                prompt == 0 ? 0 : (double) predicted / prompt,
                runs.stream().mapToInt(run -> run.account().failed()).sum(),
                runs.getLast().ttft());
    }

    private static Spread goodput(List<Run> runs) {
        return Spread.of(
                runs.stream().mapToDouble(run -> run.rates().goodputPerSecond()).toArray());
    }
}
