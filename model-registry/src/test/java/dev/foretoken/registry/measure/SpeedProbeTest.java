package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.PrefillOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpeedProbeTest {

    private static final long SECOND = 1_000_000_000;

    /** Every look at the clock comes a second after the one before. */
    private final AtomicLong time = new AtomicLong();

    private final FakeEngine engine =
            new FakeEngine("m", 128).answering(IntStream.range(0, 32).toArray());
    private final SpeedProbe probe = new SpeedProbe(engine, PrefillOptions.EXACT, () -> time.addAndGet(SECOND), true);

    @Test
    void countsThePromptUpToTheFirstTokenAndTheOthersAfterIt() throws InterruptedException {
        Measurement.Speed speed = probe.measure(engine.models().getFirst());
        assertThat(speed.promptTokens()).isEqualTo(FakeEngine.CONTEXT - 33);
        assertThat(speed.prefillTokensPerSecond()).isEqualTo(speed.promptTokens());
        assertThat(speed.decodeTokensPerSecond()).isEqualTo(1);
    }

    @Test
    void warmsUpAndNeverRepeatsAPrompt() throws InterruptedException {
        probe.measure(engine.models().getFirst());
        assertThat(IntStream.range(0, 4).mapToObj(i -> submitted()).distinct().count())
                .isEqualTo(4);
    }

    private List<Integer> submitted() {
        try {
            return engine.nextSubmitted().request().prompt().tokens().stream()
                    .boxed()
                    .toList();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
