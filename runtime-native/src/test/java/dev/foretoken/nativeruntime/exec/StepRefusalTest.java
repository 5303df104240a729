package dev.foretoken.nativeruntime.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.StepLoop;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A step that asks for more than was offered fails with a reason, and the next one works. */
final class StepRefusalTest {

    private static final ModelPlan PLAN = RandomModels.llama("");

    private final StepLoop loop = new StepLoop(RandomModels.open(PLAN), 8);
    private final FakeSequence sequence = new FakeSequence(9, RandomModels.prompt(10, 40, 1), 200);

    @AfterEach
    void close() {
        loop.close();
    }

    private StepPlan oneRow(RowKind kind) {
        StepPlan plan = loop.plan();
        plan.clear();
        loop.addRow(plan, sequence, kind, 10, StepPlan.WANT_SAMPLE);
        return plan;
    }

    private void requireFails(StepPlan plan, String message) {
        loop.runtime.begin(plan);
        assertThatThrownBy(loop.runtime::await)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining(message);
        assertThat(loop.runtime.execute(oneRow(RowKind.COMPUTE)).tokenCount(0)).isEqualTo(1);
    }

    @Test
    void refusesRowsOfOtherPartsAdaptersSlicesAndLoops() {
        for (Column column : List.of(Column.PART, Column.SLICE, Column.LOOP)) {
            StepPlan plan = oneRow(RowKind.COMPUTE);
            plan.set(column, 0, 1);
            requireFails(plan, "=1, must be only 0");
        }
        StepPlan plan = oneRow(RowKind.COMPUTE);
        plan.set(Column.ADAPTER, 0, 2);
        requireFails(plan, "adapter=2");
    }

    @Test
    void refusesKindsItDoesNotOffer() {
        requireFails(oneRow(RowKind.DRAFT), "asks to draft, which this part does not offer");
        requireFails(oneRow(RowKind.PREDICT), "asks to predict, which this part does not offer");
    }

    @Test
    void refusesTokensItDoesNotKnow() {
        StepPlan plan = oneRow(RowKind.COMPUTE);
        plan.addToken(StepPlan.deferred(0));
        requireFails(plan, "deferred token");
        plan = oneRow(RowKind.COMPUTE);
        plan.addToken(40);
        requireFails(plan, "token=40, must be below 40");
    }

    @Test
    void refusesPositionsBehindTheContext() {
        StepPlan plan = oneRow(RowKind.COMPUTE);
        plan.set(Column.FIRST_POSITION, 0, 119);
        requireFails(plan, "end position=129, must be at most 128");
    }

    @Test
    void refusesTablesThatDoNotCoverTheSpan() {
        StepPlan plan = oneRow(RowKind.COMPUTE);
        plan.set(Column.FIRST_POSITION, 0, 60);
        requireFails(plan, "The step cannot be computed");
    }

    @Test
    void refusesAMaskForSeveralDraws() {
        try (Arena arena = Arena.ofShared()) {
            sequence.mask = arena.allocate(8).fill((byte) -1);
            StepPlan plan = loop.plan();
            plan.clear();
            loop.addRow(plan, sequence, RowKind.VERIFY, 3, StepPlan.WANT_SAMPLE_EACH);
            loop.runtime.begin(plan);
            assertThatThrownBy(loop.runtime::await).hasMessageContaining("a mask admits one draw");
        }
    }

    @Test
    void computesAnEmptyStep() {
        loop.plan().clear();
        assertThat(loop.runtime.execute(loop.plan()).tokenCount(0)).isZero();
    }

    @Test
    void refusesAdaptersWithoutRoomForThem() {
        assertThatThrownBy(() -> loop.runtime.openAdapter(Path.of("x"))).hasMessageContaining("max-adapters");
        assertThatThrownBy(() -> loop.runtime.apply(new CacheCommand.UnloadAdapter(0)))
                .hasMessageContaining("max-adapters");
    }

    @Test
    void refusesStatesOfAModelThatHasNone() {
        for (CacheCommand command : List.of(
                new CacheCommand.ResetSlot(0, 0, 0),
                new CacheCommand.SaveState(0, 0, 0, 0),
                new CacheCommand.RestoreState(0, 0, 0, 0),
                new CacheCommand.DropState(0, 0, 0))) {
            assertThatThrownBy(() -> loop.runtime.apply(command))
                    .hasMessageContaining("a state of cache kind 0 was named, which holds none");
        }
    }

    @Test
    void insistsOnTheOrderOfCalls() {
        assertThatThrownBy(loop.runtime::await).isInstanceOf(IllegalStateException.class);
        StepPlan plan = oneRow(RowKind.COMPUTE);
        loop.runtime.begin(plan);
        assertThatThrownBy(() -> loop.runtime.begin(plan)).isInstanceOf(IllegalStateException.class);
        loop.runtime.await();
    }
}
