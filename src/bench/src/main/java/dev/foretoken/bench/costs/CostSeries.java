package dev.foretoken.bench.costs;

import dev.foretoken.bench.engine.BatchDriver;
import dev.foretoken.bench.engine.BatchSpec;
import dev.foretoken.bench.engine.RunProgress;
import java.util.Random;

/** Runs all loads round by round; the steps of the first round do not count. */
final class CostSeries {
    private final BatchDriver driver;
    private final StepLog log;
    private final RunProgress progress;

    CostSeries(BatchDriver driver, StepLog log, RunProgress progress) {
        this.driver = driver;
        this.log = log;
        this.progress = progress;
    }

    /** @param rounds that count */
    void run(CostLoads loads, int rounds, long seed) throws InterruptedException {
        Random random = new Random(seed);
        for (int round = 0; round <= rounds; round++) {
            if (round == 1) {
                log.count();
            }
            for (BatchSpec load : loads.round(random)) {
                progress.begin(load.batch() + " of " + load.prompt() + " tokens", round);
                driver.run(load.withSeed(random.nextLong()), progress::token);
            }
        }
    }
}
