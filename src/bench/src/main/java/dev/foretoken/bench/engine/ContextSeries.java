package dev.foretoken.bench.engine;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.stats.Spread;
import java.util.ArrayList;
import java.util.List;

/** Runs contexts of several lengths in turn, round by round, so that all of them meet the same machine. */
final class ContextSeries {
    private static final int PROBE_PASSES = 2;

    private final BatchDriver driver;
    private final DramProbe probe;
    private final RunProgress progress;

    ContextSeries(BatchDriver driver, DramProbe probe, RunProgress progress) {
        this.driver = driver;
        this.probe = probe;
        this.progress = progress;
    }

    private record Run(BatchRun tokens, double bandwidthBefore, double bandwidthAfter) {}

    /** {@code contexts} rise; the first one is also run before all others, uncounted. */
    List<ContextReport.Reading> measure(List<BatchSpec> contexts, int rounds) throws InterruptedException {
        progress.begin(label(contexts.getFirst()), 0);
        driver.run(contexts.getFirst(), progress::token);
        List<List<Run>> runs = new ArrayList<>();
        contexts.forEach(context -> runs.add(new ArrayList<>()));
        double before = gigabytesPerSecond();
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < contexts.size(); i++) {
                BatchSpec context = contexts.get(i);
                progress.begin(label(context), round);
                BatchRun run = driver.run(context.withSeed(context.seed() + round), progress::token);
                double after = gigabytesPerSecond();
                runs.get(i).add(new Run(run, before, after));
                before = after;
            }
        }
        List<ContextReport.Reading> readings = new ArrayList<>();
        for (int i = 0; i < contexts.size(); i++) {
            readings.add(reading(contexts.get(i), runs.get(i)));
        }
        return readings;
    }

    private static String label(BatchSpec context) {
        return "context " + context.prompt();
    }

    private static ContextReport.Reading reading(BatchSpec context, List<Run> runs) {
        List<Double> bandwidth = new ArrayList<>();
        runs.forEach(run -> bandwidth.addAll(List.of(run.bandwidthBefore(), run.bandwidthAfter())));
        return new ContextReport.Reading(
                context.prompt(),
                Spread.of(runs.stream()
                        .map(run -> 1e3 / run.tokens().decodeTokensPerSecond())
                        .toList()),
                Spread.of(runs.stream()
                        .map(run -> run.tokens().prefillTokensPerSecond())
                        .toList()),
                Spread.of(bandwidth));
    }

    private double gigabytesPerSecond() throws InterruptedException {
        return probe.gigabytesPerSecond(PROBE_PASSES).median();
    }
}
