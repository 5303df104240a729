package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine over predicted prompts: the same bits in any company, exact ones after a repair, and nothing left behind. */
@Timeout(300)
class PredictedEngineTest {
    private static final int PROMPT = 75;
    private static final int ANSWER = 24;
    private static final int REPAIR_BY = 6;
    private static final PrefillOptions REPAIRED = Predicted.options(new Repair.After(REPAIR_BY));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("dev.foretoken.bench.prediction.Predicted#encodings")
    void answersInCompanyAsAlone(CacheType caches) throws IOException, InterruptedException {
        answersInCompanyAsAlone(Predicted.source(folder, "llama-gqa-f32", 2), caches);
    }

    @Test
    void answersInCompanyAsAloneBehindWindowsAndKeyNorms() throws IOException, InterruptedException {
        answersInCompanyAsAlone(Predicted.source(folder, "qwen3-window-layers", 3), CacheType.BF16);
    }

    private void answersInCompanyAsAlone(ModelSource source, CacheType caches) throws InterruptedException {
        List<GenerationRequest> requests = List.of(
                Predicted.request(0, PROMPT, ANSWER, Predicted.EXACT),
                Predicted.request(1, PROMPT + 1, ANSWER, Predicted.NEVER),
                Predicted.request(2, PROMPT + 22, ANSWER, REPAIRED),
                Predicted.request(3, 2, ANSWER, Predicted.NEVER),
                Predicted.request(4, 33, ANSWER, REPAIRED));
        List<Predicted.Said> alone = new ArrayList<>();
        try (SchedulerHost host = Predicted.host(source, caches)) {
            for (GenerationRequest request : requests) {
                alone.add(Predicted.read(host.submit(request)));
            }
        }
        try (SchedulerHost host = Predicted.host(source, caches)) {
            List<Generation> together = requests.stream().map(host::submit).toList();
            for (int i = 0; i < requests.size(); i++) {
                assertThat(Predicted.read(together.get(i))).as("request %d", i).isEqualTo(alone.get(i));
            }
        }
        assertThat(alone).extracting(Predicted.Said::mode).element(1).isEqualTo(PrefillMode.PREDICTED);
        assertThat(alone)
                .extracting(Predicted.Said::repairedAt)
                .containsExactly(-1, -1, PROMPT + 22 + REPAIR_BY, -1, 33 + REPAIR_BY);
    }

    /** Of one sequence, whose rows are told apart by nothing else. */
    @ParameterizedTest
    @ValueSource(ints = {2, 16, 17, 75, 130})
    void theBaseComputesOnePromptTokenBeforeTheFirstToken(int prompt) throws IOException, InterruptedException {
        AtomicReference<WatchedRuntime> watched = new AtomicReference<>();
        try (SchedulerHost host = watched(watched, CacheType.BF16)) {
            Predicted.read(host.submit(Predicted.request(1, prompt, 3, Predicted.NEVER)));
        }
        List<WatchedRuntime.Row> rows = watched.get().rows;
        WatchedRuntime.Row first = rows.stream()
                .filter(row -> row.role() == PartShape.Role.BASE)
                .findFirst()
                .orElseThrow();
        assertThat(first.kind()).isEqualTo(RowKind.COMPUTE);
        assertThat(first.first()).isEqualTo(prompt - 1);
        assertThat(first.count()).isEqualTo(1);
        assertThat(first.draws()).isTrue();
        assertThat(rows.stream()
                        .filter(row -> row.kind() == RowKind.PREDICT)
                        .mapToInt(WatchedRuntime.Row::count)
                        .sum())
                .isEqualTo(prompt - 1);
    }

    @ParameterizedTest
    @MethodSource("dev.foretoken.bench.prediction.Predicted#encodings")
    void afterRepairKAndVAndAllTokensAreThoseOfAnExactRunOverTheSameTokens(CacheType caches)
            throws IOException, InterruptedException {
        AtomicReference<WatchedRuntime> watched = new AtomicReference<>();
        int[] prompt = IntStream.range(0, PROMPT).map(i -> 20 + i * i % 90).toArray();
        Predicted.Said repaired;
        try (SchedulerHost host = watched(watched, caches)) {
            repaired = Predicted.read(host.submit(Predicted.request(prompt, ANSWER, REPAIRED)));
        }
        WatchedRuntime before = watched.get();
        int[] known = IntStream.concat(
                        IntStream.of(prompt),
                        repaired.tokens().stream().limit(REPAIR_BY).mapToInt(i -> i))
                .toArray();
        Predicted.Said exact;
        try (SchedulerHost host = watched(watched, caches)) {
            exact = Predicted.read(host.submit(Predicted.request(known, ANSWER - REPAIR_BY, Predicted.EXACT)));
        }
        assertThat(repaired.repairedAt()).isEqualTo(PROMPT + REPAIR_BY);
        assertThat(repaired.bits().subList(REPAIR_BY, ANSWER)).isEqualTo(exact.bits());
        for (int end = known.length; end < known.length + ANSWER - REPAIR_BY; end++) {
            assertThat(before.keysAndValues.get(end))
                    .as("K and V of %d positions", end)
                    .isNotEmpty()
                    .isEqualTo(watched.get().keysAndValues.get(end));
        }
        assertThat(before.keysAndValues.get(known.length - 1))
                .as("K and V before the repair")
                .isNotEqualTo(watched.get().keysAndValues.get(known.length));
    }

    @ParameterizedTest
    @MethodSource("dev.foretoken.bench.prediction.Predicted#encodings")
    void predictedBlocksAreNeverFoundAndRepairedOnesAre(CacheType caches) throws IOException, InterruptedException {
        ModelSource source = Predicted.source(folder, "llama-gqa-f32", 2);
        Predicted.Said cold;
        try (SchedulerHost host = Predicted.host(source, caches)) {
            cold = Predicted.read(host.submit(Predicted.request(1, PROMPT, ANSWER, Predicted.EXACT)));
        }
        try (SchedulerHost host = Predicted.host(source, caches)) {
            Predicted.Said predicted =
                    Predicted.read(host.submit(Predicted.request(1, PROMPT, ANSWER, Predicted.NEVER)));
            assertThat(predicted.bits()).isNotEqualTo(cold.bits());
            assertThat(Predicted.usedBlocks(host)).isZero();
            assertThat(Predicted.read(host.submit(Predicted.request(1, PROMPT, ANSWER, Predicted.EXACT))))
                    .isEqualTo(cold);
            Predicted.read(host.submit(Predicted.request(2, PROMPT, ANSWER, REPAIRED)));
            assertThat(Predicted.usedBlocks(host)).isZero();
            Predicted.Said found = Predicted.read(host.submit(Predicted.request(2, PROMPT, ANSWER, Predicted.EXACT)));
            assertThat(found.cached()).isPositive();
            assertThat(Predicted.usedBlocks(host)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.foretoken.bench.prediction.Predicted#encodings")
    void repairInSlackEndsWithTheTokensOfAnExactRunOverWhatCameBefore(CacheType caches)
            throws IOException, InterruptedException {
        ModelSource source = Predicted.source(folder, "llama-gqa-f32", 2);
        try (SchedulerHost host = Predicted.host(source, caches)) {
            GenerationRequest request = Predicted.request(5, PROMPT, 60, Predicted.SLACK);
            Predicted.Said said = Predicted.read(host.submit(request));
            assertThat(said.repairedAt()).isGreaterThan(PROMPT);
            int before = said.repairedAt() - PROMPT;
            int[] known = IntStream.concat(
                            IntStream.range(0, PROMPT)
                                    .map(i -> request.prompt().tokens().get(i)),
                            said.tokens().stream().limit(before).mapToInt(i -> i))
                    .toArray();
            try (SchedulerHost fresh = Predicted.host(source, caches)) {
                assertThat(Predicted.read(fresh.submit(Predicted.request(known, 60 - before, Predicted.EXACT)))
                                .bits())
                        .isEqualTo(said.bits().subList(before, 60));
            }
        }
    }

    private SchedulerHost watched(AtomicReference<WatchedRuntime> watched, CacheType caches) throws IOException {
        return Predicted.host(Predicted.source(folder, "llama-gqa-f32", 2), caches, 0, Predicted.steps(), runtime -> {
            watched.set(new WatchedRuntime(runtime, true, row -> {}));
            return watched.get();
        });
    }
}
