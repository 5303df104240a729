package dev.foretoken.bench.engine;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Spread;
import java.util.ArrayList;
import java.util.List;

/** Runs a batch in two ways in turns, each time with other prompts, so that a change of the machine meets both. */
final class PairSeries {
    private static final int PROBE_MEBIBYTES = 256;
    private static final int PROBE_PASSES = 2;

    private final BatchDriver driver;
    private final DramProbe probe;
    private final RunProgress progress;

    PairSeries(BatchDriver driver, DramProbe probe, RunProgress progress) {
        this.driver = driver;
        this.probe = probe;
        this.progress = progress;
    }

    /** What was measured. */
    record Result(Speed base, Speed changed, Spread memory) {
        double prefillShare() {
            return changed.prefillTokensPerSecond().median()
                    / base.prefillTokensPerSecond().median();
        }

        double decodeShare() {
            return changed.decodeTokensPerSecond().median()
                    / base.decodeTokensPerSecond().median();
        }
    }

    /** {@code repeats} counted runs of each after one of each that does not count. {@code name}: of the second for people. */
    Result measure(BatchSpec base, BatchSpec changed, String name, int repeats) throws InterruptedException {
        List<BatchRun> first = new ArrayList<>();
        List<BatchRun> second = new ArrayList<>();
        List<Double> memory = new ArrayList<>();
        for (int i = 0; i <= repeats; i++) {
            BatchRun without = run("base", base.withSeed(base.seed() + i), i);
            BatchRun with = run(name, changed.withSeed(changed.seed() + i), i);
            memory.add(probe.gigabytesPerSecond(PROBE_PASSES).median());
            if (i > 0) {
                first.add(without);
                second.add(with);
            }
        }
        return new Result(speed(first), speed(second), Spread.of(memory));
    }

    /** On {@code engine}, with a line of progress for people. {@code command}: of {@code bench}, which names the second. */
    static Result of(LocalEngine engine, String command, BatchSpec base, BatchSpec changed, int repeats)
            throws InterruptedException {
        long tokens = 2L * base.batch() * base.generate() * (repeats + 1);
        try (DramProbe probe = new DramProbe(Runtime.getRuntime().availableProcessors(), PROBE_MEBIBYTES);
                RunProgress progress = new RunProgress(ProgressBar.onStandardError("bench " + command), tokens)) {
            BatchDriver driver = new BatchDriver(engine.host(), System::nanoTime);
            return new PairSeries(driver, probe, progress).measure(base, changed, command, repeats);
        }
    }

    private BatchRun run(String what, BatchSpec spec, int number) throws InterruptedException {
        progress.begin(what, number);
        return driver.run(spec, progress::token);
    }

    private static Speed speed(List<BatchRun> runs) {
        return new Speed(
                Spread.of(runs.stream().map(BatchRun::prefillTokensPerSecond).toList()),
                Spread.of(runs.stream().map(BatchRun::decodeTokensPerSecond).toList()));
    }
}
