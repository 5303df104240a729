package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks next gets nothing of what was computed for those before. */
@Timeout(300)
class AskingTest {
    private static final int[] PROMPT = Asking.randomPrompt(120, 75, 1);
    private static final int ANSWER = 12;

    @TempDir
    private Path folder;

    private SchedulerHost host;
    private Asking asking;

    @BeforeEach
    void open() throws IOException {
        host = Predicted.host(Predicted.source(folder, "llama-gqa-f32", 2), CacheType.BF16);
        asking = new Asking(host, System::nanoTime);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void theSamePromptIsComputedOrPredictedAnewInEveryWay() throws InterruptedException {
        for (PrefillOptions way : List.of(
                Predicted.options(new Repair.After(4)),
                Predicted.SLACK,
                Predicted.EXACT,
                Predicted.options(new Repair.After(4)))) {
            TimedAnswer answer = asking.ask(asking.greedy(Predicted.MODEL, PROMPT, ANSWER, way));
            assertThat(answer.tokens()).hasSize(ANSWER);
            assertThat(answer.prefill().predictedTokens())
                    .isEqualTo(way.mode() == PrefillMode.PREDICTED ? PROMPT.length - 1 : 0);
        }
    }

    @Test
    void anAnswerWhosePromptWasFoundIsRefused() throws InterruptedException {
        GenerationRequest unsalted = Predicted.request(PROMPT, ANSWER, Predicted.EXACT);
        asking.ask(unsalted);
        assertThatThrownBy(() -> asking.ask(unsalted))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining("of the 75 prompt tokens of r were found in the prefix cache");
    }
}
