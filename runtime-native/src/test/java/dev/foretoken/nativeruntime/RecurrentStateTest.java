package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States of sequences whose models keep nothing else. */
final class RecurrentStateTest {

    private static final int NEW_TOKENS = 6;

    private static StepLoop loop(String model, int slots) {
        return new StepLoop(Conformance.open(model, Conformance.EXACT_F32, 1), slots);
    }

    private static FakeSequence sequence(String model, int prompt) {
        return new FakeSequence(prompt, Conformance.prompts(model).get(prompt).ids(), 2 * NEW_TOKENS).reporting(3, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba-f32", "mamba2-groups-f32"})
    void aSlotShowsNothingOfTheRequestThatHadItBefore(String model) {
        List<String> alone;
        try (StepLoop loop = loop(model, 1)) {
            alone = BatchInvarianceTest.bits(loop.generate(sequence(model, 3), NEW_TOKENS, 1000));
        }
        try (StepLoop loop = loop(model, 1)) {
            FakeSequence earlier = loop.generate(sequence(model, 4), NEW_TOKENS, 1000);
            int slot = earlier.tables.getFirst().getFirst();
            loop.free(earlier);
            FakeSequence later = sequence(model, 3);
            assertThat(BatchInvarianceTest.bits(loop.generate(later, NEW_TOKENS, 1000)))
                    .isEqualTo(alone);
            assertThat(later.tables.getFirst()).containsExactly(slot);
        }
    }

    /** That the test above can fail: without the reset the earlier request shows. */
    @ParameterizedTest
    @ValueSource(strings = {"mamba-f32", "mamba2-groups-f32"})
    void aSlotThatIsNotResetShowsTheRequestThatHadItBefore(String model) {
        try (StepLoop loop = loop(model, 1)) {
            FakeSequence earlier = loop.generate(sequence(model, 4), NEW_TOKENS, 1000);
            FakeSequence later = sequence(model, 3);
            later.tables.add(earlier.tables.getFirst());
            List<String> leaked = BatchInvarianceTest.bits(loop.generate(later, NEW_TOKENS, 1000));
            FakeSequence clean = sequence(model, 3);
            loop.runtime.apply(new CacheCommand.ResetSlot(0, 0, 0));
            clean.tables.add(earlier.tables.getFirst());
            assertThat(BatchInvarianceTest.bits(loop.generate(clean, NEW_TOKENS, 1000)))
                    .isNotEqualTo(leaked);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba-f32", "mamba2-groups-f32"})
    void aCopyOfAStateIsWhereAnotherSequenceGoesOn(String model) {
        try (StepLoop loop = loop(model, 2)) {
            int[] ids = Conformance.prompts(model).get(5).ids();
            FakeSequence owner = new FakeSequence(1, ids, NEW_TOKENS).reporting(3, 0);
            loop.step(List.of(owner), 64);
            assertThat(owner.computed).isEqualTo(64);
            int slot = owner.tables.getFirst().getFirst();
            loop.runtime.apply(new CacheCommand.SaveState(0, 0, slot, 0));
            List<String> cold = BatchInvarianceTest.bits(loop.generate(owner, NEW_TOKENS, 1000));
            loop.free(owner);
            FakeSequence reader = new FakeSequence(2, ids, NEW_TOKENS).reporting(3, 0);
            reader.tables.add(new java.util.ArrayList<>(List.of(slot)));
            loop.runtime.apply(new CacheCommand.RestoreState(0, 0, 0, slot));
            reader.computed = 64;
            List<String> warm = BatchInvarianceTest.bits(loop.generate(reader, NEW_TOKENS, 1000));
            assertThat(warm).isEqualTo(cold.subList(cold.size() - warm.size(), cold.size()));
        }
    }

    @Test
    void refusesAPromptSpanThatEndsOffTheChunkGrid() {
        String model = "mamba2-groups-f32";
        try (StepLoop loop = loop(model, 2)) {
            StepPlan plan = loop.plan();
            plan.clear();
            loop.addRow(plan, sequence(model, 4), RowKind.COMPUTE, 40, 0);
            assertThatThrownBy(() -> loop.runtime.execute(plan))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                    .hasMessageContaining("off the grid of 64");
        }
    }
}
