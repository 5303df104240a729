package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ends and preemptions of sequences in every phase of prediction: blocks come back and others never notice. */
@Timeout(300)
class PredictedPhasesTest {
    private static final int PROMPT = 100;
    private static final int ANSWER = 30;
    private static final int REPAIR_BY = 8;
    private static final long STEP_NANOS = 1_000;
    private static final long TOKEN_NANOS = 100;
    /** Bytes: room for the shadow blocks of a repair beside the only running sequence. */
    private static final long ROOMY = 1 << 24;

    private static final GenerationRequest OTHER = Predicted.request(9, 7, ANSWER, Predicted.EXACT);
    private static final GenerationRequest LONG =
            Predicted.request(1, PROMPT, ANSWER, Predicted.options(new Repair.After(REPAIR_BY)));

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

    /** Every phase with every encoding of the caches. */
    static Stream<Arguments> phases() {
        return Stream.of(Phase.values())
                .flatMap(phase -> Predicted.encodings().map(caches -> Arguments.of(phase, caches)));
    }

    @ParameterizedTest
    @MethodSource("phases")
    void aCancelGivesAllBlocksBackAndOthersNeverNotice(Phase phase, CacheType caches)
            throws IOException, InterruptedException {
        AtomicReference<Generation> ending = new AtomicReference<>();
        ends(
                phase,
                caches,
                ServiceLevel.DEFAULT,
                ending,
                () -> submitted(ending).cancel(),
                new AtomicLong(1),
                "CANCELLED");
    }

    @ParameterizedTest
    @MethodSource("phases")
    void aDeadlineGivesAllBlocksBackAndOthersNeverNotice(Phase phase, CacheType caches)
            throws IOException, InterruptedException {
        AtomicLong clock = new AtomicLong(1);
        ServiceLevel hour = ServiceLevel.DEFAULT.withTimeout(Duration.ofHours(1));
        ends(
                phase,
                caches,
                hour,
                new AtomicReference<>(),
                () -> clock.addAndGet(Duration.ofHours(2).toNanos()),
                clock,
                ErrorCode.DEADLINE_EXCEEDED.name());
    }

    /** One sequence has a place, and another of a higher class comes. */
    @ParameterizedTest
    @MethodSource("phases")
    void aPreemptedSequenceGoesOnAsIfNothingHadHappened(Phase phase, CacheType caches)
            throws IOException, InterruptedException {
        ModelSource source = Predicted.source(folder, "llama-gqa-f32", 2);
        List<GenerationRequest> requests = List.of(
                LONG.withService(ServiceLevel.DEFAULT.withPriority(Priority.LOW)),
                Predicted.request(4, 9, 5, Predicted.EXACT)
                        .withService(ServiceLevel.DEFAULT.withPriority(Priority.HIGH)));
        List<Predicted.Said> alone = new ArrayList<>();
        try (SchedulerHost host = Predicted.host(source, caches)) {
            for (GenerationRequest request : requests) {
                alone.add(Predicted.read(host.submit(request)));
            }
        }
        AtomicReference<SchedulerHost> engine = new AtomicReference<>();
        AtomicReference<Generation> preempting = new AtomicReference<>();
        Runnable preempt = () -> preempting.set(engine.get().submit(requests.getLast()));
        AtomicLong clock = new AtomicLong(1);
        try (SchedulerHost host =
                Predicted.host(source, caches, ROOMY, 1, clock::get, at(phase, clock, new AtomicBoolean(), preempt))) {
            engine.set(host);
            assertThat(Predicted.read(host.submit(requests.getFirst()))).isEqualTo(alone.getFirst());
            assertThat(Predicted.read(preempting.get())).isEqualTo(alone.getLast());
            assertThat(host.report().models().getFirst().counters().preemptions())
                    .isEqualTo(1);
            assertThat(Predicted.usedBlocks(host)).isZero();
        }
    }

    /** The engine may be there before the thread that submits has it. */
    private static Generation submitted(AtomicReference<Generation> generation) {
        Generation found = generation.get();
        while (found == null) {
            Thread.onSpinWait();
            found = generation.get();
        }
        return found;
    }

    private void ends(
            Phase phase,
            CacheType caches,
            ServiceLevel service,
            AtomicReference<Generation> ending,
            Runnable end,
            AtomicLong clock,
            String expected)
            throws IOException, InterruptedException {
        ModelSource source = Predicted.source(folder, "llama-gqa-f32", 2);
        List<String> alone;
        try (SchedulerHost host = Predicted.host(source, caches)) {
            alone = Predicted.read(host.submit(OTHER)).bits();
        }
        AtomicBoolean ended = new AtomicBoolean();
        try (SchedulerHost host = Predicted.host(source, caches, 0, clock::get, at(phase, clock, ended, end))) {
            Generation beside = host.submit(OTHER);
            ending.set(host.submit(LONG.withService(service)));
            Predicted.Said said = Predicted.read(ending.get());
            assertThat(ended).isTrue();
            assertThat(said.end()).isEqualTo(expected);
            assertThat(Predicted.read(beside).bits()).isEqualTo(alone);
            assertThat(Predicted.usedBlocks(host)).isZero();
        }
    }

    /**
     * Does something when the first row of a phase begins, on the engine's thread. The clock goes on by what steps cost, so that repairs get the
     * same room however often and by whom it is looked at.
     */
    private static UnaryOperator<SequenceRuntime> at(Phase phase, AtomicLong clock, AtomicBoolean done, Runnable what) {
        AtomicInteger last = new AtomicInteger();
        return runtime -> new WatchedRuntime(runtime, false, row -> {
            boolean first = last.getAndSet(row.step()) != row.step();
            clock.addAndGet((first ? STEP_NANOS : 0) + TOKEN_NANOS * row.count());
            if (phase.isAt(row) && done.compareAndSet(false, true)) {
                what.run();
            }
        });
    }
}
