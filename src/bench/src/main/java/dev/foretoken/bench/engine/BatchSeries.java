package dev.foretoken.bench.engine;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.stats.Spread;
import java.util.ArrayList;
import java.util.List;

/** Repeats the run of one batch size, each time with other prompts (so that no prefix cache helps) and probed memory. */
final class BatchSeries {
    private static final int PROBE_PASSES = 2;

    private final BatchDriver driver;
    private final DramProbe probe;
    private final Runnable afterEachRun;

    BatchSeries(BatchDriver driver, DramProbe probe, Runnable afterEachRun) {
        this.driver = driver;
        this.probe = probe;
        this.afterEachRun = afterEachRun;
    }

    /** Runs {@code repeats} times after one run that does not count. */
    EngineReport.Batch measure(BatchSpec spec, int repeats) throws InterruptedException {
        List<BatchRun> runs = new ArrayList<>();
        List<Double> bandwidth = new ArrayList<>();
        driver.run(spec);
        afterEachRun.run();
        bandwidth.add(gigabytesPerSecond());
        for (int i = 1; i <= repeats; i++) {
            runs.add(driver.run(spec.withSeed(spec.seed() + i)));
            bandwidth.add(gigabytesPerSecond());
            afterEachRun.run();
        }
        return new EngineReport.Batch(
                spec.batch(),
                spread(runs.stream().map(BatchRun::prefillTokensPerSecond).toList()),
                spread(runs.stream().map(BatchRun::decodeTokensPerSecond).toList()),
                spread(bandwidth));
    }

    private double gigabytesPerSecond() throws InterruptedException {
        return probe.gigabytesPerSecond(PROBE_PASSES).median();
    }

    private static Spread spread(List<Double> values) {
        return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
