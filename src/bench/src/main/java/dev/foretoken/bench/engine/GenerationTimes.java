package dev.foretoken.bench.engine;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import java.time.Duration;
import java.util.function.LongSupplier;

/** When the tokens of a sequence came. */
public final class GenerationTimes {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private GenerationTimes() {}

    /**
     * Reads a generation to its end; blocks.
     *
     * @param count tokens it has
     * @param onToken told of each
     * @return when each came, of {@code nanoClock}
     * @throws ForetokenException when the sequence fails or ends before its last token
     */
    public static long[] read(Generation generation, int count, LongSupplier nanoClock, Runnable onToken)
            throws InterruptedException {
        long[] times = new long[count];
        int tokens = 0;
        while (true) {
            EngineEvent event = generation
                    .next(PATIENCE)
                    .orElseThrow(() -> new ForetokenException(
                            ErrorCode.DEADLINE_EXCEEDED, "no token within " + PATIENCE.toMinutes() + " minutes"));
            switch (event) {
                case EngineEvent.TokenGenerated token -> {
                    times[tokens++] = nanoClock.getAsLong();
                    onToken.run();
                }
                case EngineEvent.Failed failed -> throw new ForetokenException(failed.code(), failed.detail());
                case EngineEvent.Finished finished -> {
                    return complete(times, tokens, finished);
                }
                case EngineEvent.Started started -> {}
                case EngineEvent.PromptScored scored -> {}
                case EngineEvent.Repaired repaired -> {}
            }
        }
    }

    private static long[] complete(long[] times, int tokens, EngineEvent.Finished finished) {
        if (tokens < times.length) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR,
                    "a sequence ended with %s after %d tokens; expected %d"
                            .formatted(finished.reason(), tokens, times.length));
        }
        return times;
    }
}
