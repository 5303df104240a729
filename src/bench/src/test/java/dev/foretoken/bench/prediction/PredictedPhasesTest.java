package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ends of sequences in every phase of prediction: blocks come back and others never notice. Time goes on by itself alone: how long steps take
 * decides whether there is room for repairs.
 */
@Timeout(300)
class PredictedPhasesTest {
    private static final int PROMPT = 100;
    private static final int ANSWER = 30;
    private static final int REPAIR_BY = 8;

    @TempDir
    private Path folder;

    /** What a sequence of {@link #PROMPT} tokens is at when it ends. */
    private enum Phase {
        AUXILIARY {
            @Override
            boolean isAt(WatchedRuntime.Row row) {
                return row.kind() == RowKind.PREDICT && row.first() > 0;
            }
        },
        PREDICTED_DECODE {
            @Override
            boolean isAt(WatchedRuntime.Row row) {
                return row.role() == PartShape.Role.BASE && row.first() == PROMPT + 2 && row.draws();
            }
        },
        REPAIR {
            @Override
            boolean isAt(WatchedRuntime.Row row) {
                return row.kind() == RowKind.REPAIR;
            }
        },
        /** The row that catches up behind the exact K and V and draws. */
        SWAP {
            @Override
            boolean isAt(WatchedRuntime.Row row) {
                return row.role() == PartShape.Role.BASE
                        && row.draws()
                        && row.first() + row.count() == PROMPT + REPAIR_BY;
            }
        };

        abstract boolean isAt(WatchedRuntime.Row row);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void aCancelGivesAllBlocksBackAndOthersNeverNotice(Phase phase) throws IOException, InterruptedException {
        AtomicReference<Generation> ending = new AtomicReference<>();
        AtomicLong clock = new AtomicLong(1);
        ends(phase, ServiceLevel.DEFAULT, ending, () -> ending.get().cancel(), clock::incrementAndGet, "CANCELLED");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void aDeadlineGivesAllBlocksBackAndOthersNeverNotice(Phase phase) throws IOException, InterruptedException {
        AtomicLong clock = new AtomicLong(1);
        ServiceLevel hour = ServiceLevel.DEFAULT.withTimeout(Duration.ofHours(1));
        ends(
                phase,
                hour,
                new AtomicReference<>(),
                () -> clock.addAndGet(Duration.ofHours(2).toNanos()),
                clock::incrementAndGet,
                ErrorCode.DEADLINE_EXCEEDED.name());
    }

    private void ends(
            Phase phase,
            ServiceLevel service,
            AtomicReference<Generation> ending,
            Runnable end,
            LongSupplier clock,
            String expected)
            throws IOException, InterruptedException {
        ModelSource source = Predicted.source(folder, "llama-gqa-f32", 2);
        GenerationRequest other = Predicted.request(9, 7, ANSWER, Predicted.EXACT);
        List<String> alone;
        try (SchedulerHost host = Predicted.host(source, CacheType.BF16)) {
            alone = Predicted.read(host.submit(other)).bits();
        }
        AtomicBoolean ended = new AtomicBoolean();
        try (SchedulerHost host = Predicted.host(
                source,
                CacheType.BF16,
                0,
                clock,
                runtime -> new WatchedRuntime(runtime, false, row -> {
                    if (phase.isAt(row) && ended.compareAndSet(false, true)) {
                        end.run();
                    }
                }))) {
            Generation beside = host.submit(other);
            GenerationRequest request = Predicted.request(
                            1, PROMPT, ANSWER, Predicted.options(new Repair.After(REPAIR_BY)))
                    .withService(service);
            ending.set(host.submit(request));
            Predicted.Said said = Predicted.read(ending.get());
            assertThat(ended).isTrue();
            assertThat(said.end()).isEqualTo(expected);
            assertThat(Predicted.read(beside).bits()).isEqualTo(alone);
            assertThat(Predicted.usedBlocks(host)).isZero();
        }
    }
}
