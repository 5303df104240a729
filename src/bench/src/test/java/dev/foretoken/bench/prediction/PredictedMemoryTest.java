package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Predicted and exact sequences with hardly any memory. */
@Timeout(300)
class PredictedMemoryTest {
    private static final int PROMPT = 100;
    private static final int ANSWER = 150;
    private static final int REPAIR_BY = 8;

    @TempDir
    private Path folder;

    /** From the least memory up, until sequences lose their place; then all say what they say alone, in the mode they began with. */
    @ParameterizedTest
    @MethodSource("dev.foretoken.bench.prediction.Predicted#encodings")
    void answersAsAloneWhenBlocksRunOut(CacheType caches) throws IOException, InterruptedException {
        ModelSource source = Predicted.source(folder, "llama-gqa-f32", 2);
        List<GenerationRequest> requests = new ArrayList<>();
        List<Predicted.Said> alone = new ArrayList<>();
        try (SchedulerHost host = Predicted.host(source, caches)) {
            for (int i = 0; i < 6; i++) {
                requests.add(Predicted.request(
                                i,
                                PROMPT + i,
                                ANSWER,
                                i % 3 == 0
                                        ? Predicted.EXACT
                                        : i % 3 == 1 ? Predicted.NEVER : Predicted.options(new Repair.After(REPAIR_BY)))
                        .withService(ServiceLevel.DEFAULT.withPriority(i < 3 ? Priority.LOW : Priority.HIGH)));
                alone.add(Predicted.read(host.submit(requests.get(i))));
            }
        }
        long preempted = 0;
        long bytes = leastBytes(source, caches);
        for (int sizes = 0; sizes < 10 && preempted == 0; sizes++, bytes += bytes / 4) {
            try (SchedulerHost host = Predicted.host(source, caches, bytes, Predicted.steps(), runtime -> runtime)) {
                List<Generation> generations =
                        requests.stream().map(host::submit).toList();
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(Predicted.read(generations.get(i)))
                            .as("request %d, %d bytes", i, bytes)
                            .isEqualTo(alone.get(i));
                }
                preempted = host.report().models().getFirst().counters().preemptions();
                assertThat(Predicted.usedBlocks(host)).isZero();
            }
        }
        assertThat(preempted).isPositive();
    }

    private static long leastBytes(ModelSource source, CacheType caches) {
        for (long bytes = 64 << 10; ; bytes += bytes / 4) {
            try {
                Predicted.host(source, caches, bytes, Predicted.steps(), runtime -> runtime)
                        .close();
                return bytes;
            } catch (ForetokenException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
            }
        }
    }
}
