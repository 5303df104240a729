package dev.foretoken.bench.engine;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.stats.Spread;
import java.util.ArrayList;
import java.util.List;

/** Runs a batch with and without adapters in turns, each time with other prompts, so that a change of the machine meets both. */
final class AdapterSeries {
    private static final int PROBE_PASSES = 2;

    private final BatchDriver driver;
    private final DramProbe probe;
    private final RunProgress progress;

    AdapterSeries(BatchDriver driver, DramProbe probe, RunProgress progress) {
        this.driver = driver;
        this.probe = probe;
        this.progress = progress;
    }

    /** What was measured. */
    record Result(AdaptersReport.Speed base, AdaptersReport.Speed adapted, Spread memory) {}

    /** {@code repeats} counted runs of each kind after one of each that does not count. */
    Result measure(BatchSpec spec, List<String> adapters, int repeats) throws InterruptedException {
        List<BatchRun> base = new ArrayList<>();
        List<BatchRun> adapted = new ArrayList<>();
        List<Double> memory = new ArrayList<>();
        for (int i = 0; i <= repeats; i++) {
            BatchRun without = run("base", spec.withSeed(spec.seed() + i), i);
            BatchRun with = run("adapters", spec.withSeed(spec.seed() + i).withAdapters(adapters), i);
            memory.add(probe.gigabytesPerSecond(PROBE_PASSES).median());
            if (i > 0) {
                base.add(without);
                adapted.add(with);
            }
        }
        return new Result(speed(base), speed(adapted), spread(memory));
    }

    private BatchRun run(String what, BatchSpec spec, int number) throws InterruptedException {
        progress.begin(what, number);
        return driver.run(spec, progress::token);
    }

    private static AdaptersReport.Speed speed(List<BatchRun> runs) {
        return new AdaptersReport.Speed(
                spread(runs.stream().map(BatchRun::prefillTokensPerSecond).toList()),
                spread(runs.stream().map(BatchRun::decodeTokensPerSecond).toList()));
    }

    private static Spread spread(List<Double> values) {
        return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
