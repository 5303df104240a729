package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.TokenIds;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against an engine that answers at once, on a clock that moves a millisecond each time it is read. */
@Timeout(300)
class BatchDriverTest {
    private static final BatchSpec ONE = new BatchSpec("m", 8, 5, 1, 1);

    private final AtomicLong clock = new AtomicLong();
    private final Set<TokenIds> prompts = new HashSet<>();

    @Test
    void splitsPrefillFromDecodeAtTheFirstToken() throws InterruptedException {
        BatchRun run = driver(5).run(ONE, () -> {});
        assertThat(run.promptTokens()).isEqualTo(8);
        assertThat(run.prefillTokensPerSecond()).isCloseTo(8_000, within(1e-6));
        assertThat(run.decodedTokens()).isEqualTo(4);
        assertThat(run.decodeTokensPerSecond()).isCloseTo(1_000, within(1e-6));
    }

    @Test
    void inABatchOnlyTokensAfterTheLastFirstTokenAreDecoded() throws InterruptedException {
        BatchRun run = driver(5).run(new BatchSpec("m", 8, 5, 4, 1), () -> {});
        assertThat(run.promptTokens()).isEqualTo(32);
        assertThat(run.decodedTokens()).isBetween(4L, 16L);
        assertThat(run.decodeSeconds()).isCloseTo(run.decodedTokens() * 1e-3, within(1e-9));
        assertThat(prompts).hasSize(4);
    }

    @Test
    void aSequenceThatEndsEarlyIsNotASlowResult() {
        assertThatThrownBy(() -> driver(3).run(ONE, () -> {})).hasMessageContaining("after 3 tokens; expected 5");
    }

    @Test
    void aFailedSequenceIsReportedWithItsCode() {
        FakeEngine engine = FakeEngine.scripted(
                "m", request -> List.of(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "kernel broke")));
        assertThatThrownBy(() -> new BatchDriver(engine, clock::incrementAndGet).run(ONE, () -> {}))
                .hasMessage("kernel broke");
    }

    @Test
    void aModelThatIsNotLoadedIsNamed() {
        BatchSpec other = new BatchSpec("other", 8, 5, 1, 1);
        assertThatThrownBy(() -> driver(5).run(other, () -> {})).hasMessageContaining("no model named 'other'");
    }

    @Test
    void aSeriesRepeatsWithOtherPromptsAndLeavesOutTheFirstRun() throws InterruptedException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        ProgressBar bar = new ProgressBar("x", new PrintStream(shown), false, () -> 0);
        try (DramProbe probe = new DramProbe(1, 1);
                RunProgress progress = new RunProgress(bar, 20)) {
            EngineReport.Batch batch = new BatchSeries(driver(5), probe, progress, false).measure(ONE, 3);
            assertThat(batch.decodeTokensPerSecond().runs()).isEqualTo(3);
            assertThat(batch.memoryGigabytesPerSecond().runs()).isEqualTo(4);
        }
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("100 %", "batch 1, run 3: generating");
        assertThat(prompts).hasSize(4);
    }

    @Test
    void aRehearsedSeriesRunsEveryPromptTwiceAndCountsItOnce() throws InterruptedException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        ProgressBar bar = new ProgressBar("x", new PrintStream(shown), false, () -> 0);
        try (DramProbe probe = new DramProbe(1, 1);
                RunProgress progress = new RunProgress(bar, 30)) {
            EngineReport.Batch batch = new BatchSeries(driver(5), probe, progress, true).measure(ONE, 2);
            assertThat(batch.decodeTokensPerSecond().runs()).isEqualTo(2);
        }
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("100 %");
        assertThat(prompts).hasSize(3);
    }

    private BatchDriver driver(int tokens) {
        return new BatchDriver(
                FakeEngine.scripted("m", request -> answer(request, tokens)), () -> clock.addAndGet(1_000_000));
    }

    private List<EngineEvent> answer(GenerationRequest request, int tokens) {
        int prompt = request.prompt().size();
        synchronized (prompts) {
            prompts.add(request.prompt().tokens());
        }
        List<EngineEvent> events = new ArrayList<>();
        events.add(new EngineEvent.Started(0, prompt, 0));
        for (int i = 0; i < tokens; i++) {
            events.add(new EngineEvent.TokenGenerated(0, 7, prompt + i, null));
        }
        Usage usage = new Usage(prompt, 0, tokens, PrefillUsage.EXACT, Timings.NONE);
        events.add(new EngineEvent.Finished(0, FinishReason.LENGTH, usage));
        return events;
    }
}
