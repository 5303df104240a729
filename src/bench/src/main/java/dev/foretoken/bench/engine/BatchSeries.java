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
    private final RunProgress progress;
    private final boolean rehearsed;

    /** {@code rehearsed}: every run is done once before, uncounted, with the same prompts. */
    BatchSeries(BatchDriver driver, DramProbe probe, RunProgress progress, boolean rehearsed) {
        this.rehearsed = rehearsed;
        this.driver = driver;
        this.probe = probe;
        this.progress = progress;
    }

    /** Runs {@code repeats} times after one run that does not count. */
    EngineReport.Batch measure(BatchSpec spec, int repeats) throws InterruptedException {
        List<BatchRun> runs = new ArrayList<>();
        List<Double> bandwidth = new ArrayList<>();
        progress.begin("batch " + spec.batch(), 0);
        run(spec);
        bandwidth.add(gigabytesPerSecond());
        for (int i = 1; i <= repeats; i++) {
            progress.begin("batch " + spec.batch(), i);
            runs.add(run(spec.withSeed(spec.seed() + i)));
            bandwidth.add(gigabytesPerSecond());
        }
        return new EngineReport.Batch(
                spec.batch(),
                Spread.of(runs.stream().map(BatchRun::prefillTokensPerSecond).toList()),
                Spread.of(runs.stream().map(BatchRun::decodeTokensPerSecond).toList()),
                Spread.of(bandwidth));
    }

    private BatchRun run(BatchSpec spec) throws InterruptedException {
        if (rehearsed) {
            driver.run(spec, progress::token);
        }
        return driver.run(spec, progress::token);
    }

    private double gigabytesPerSecond() throws InterruptedException {
        return probe.gigabytesPerSecond(PROBE_PASSES).median();
    }
}
