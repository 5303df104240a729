package dev.foretoken.bench.batch;

import dev.foretoken.bench.engine.BatchDriver;
import dev.foretoken.bench.engine.BatchSpec;
import dev.foretoken.bench.engine.LocalEngine;

/** What an engine alone does of many requests at a time, submitted as the engine benchmark does. */
final class EngineWaves {

    /** Apart from the seeds of a topic's prompts. */
    private static final long FIRST_SEED = 1_000;

    private EngineWaves() {}

    /**
     * Requests per second of so many waves, one after the other.
     *
     * @param first number of the first wave, which decides its prompts
     */
    static double perSecond(LocalEngine engine, BatchSpec wave, int waves, int first) throws InterruptedException {
        BatchDriver driver = new BatchDriver(engine.engine(), System::nanoTime);
        long from = System.nanoTime();
        for (int i = 0; i < waves; i++) {
            driver.run(wave.withSeed(wave.seed() + FIRST_SEED + first + i), () -> {});
        }
        return (long) waves * wave.batch() * 1e9 / (System.nanoTime() - from);
    }
}
