package dev.foretoken.contract.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FakeRuntimeTest {

    private static final int BLOCK = 4;
    private static final GenerationRequest PROMPT = FakeStep.prompt(1, 2, 3, 4, 5, 6);

    private static FakeModel model(Set<Feature> features, int alignment, int inFlight, CacheKind... kinds) {
        CacheSpec spec = new CacheSpec(List.of(kinds), BLOCK, alignment);
        return FakeModel.of(50, 64, spec, new Capabilities(features, 8, 64, inFlight));
    }

    private static FakeModel paged() {
        return model(EnumSet.allOf(Feature.class), 1, 1, new CacheKind.PagedKv(1, 8, 8));
    }

    private static int expected(FakeModel model, GenerationRequest request) {
        return new FakeReference(model.shape()).tokens(request, 0).getFirst();
    }

    @Test
    void drawsTheSameTokenHoweverThePromptIsCutAndWhereverItsBlocksLie() {
        FakeModel model = model(
                EnumSet.allOf(Feature.class),
                1,
                1,
                new CacheKind.PagedKv(1, 8, 8),
                new CacheKind.WindowedKv(1, 8, 8, 3));
        FakeStep step = new FakeStep(model);
        step.addRow(PROMPT, 0, 6, 3, 9);
        assertThat(step.token()).isEqualTo(expected(model, PROMPT));
        for (int cut = 1; cut < 6; cut++) {
            step.addRow(PROMPT, 0, cut, 5, 1);
            step.execute();
            step.addRow(PROMPT, cut, 6, 5, 1);
            assertThat(step.token()).as("cut at " + cut).isEqualTo(expected(model, PROMPT));
        }
    }

    @Test
    void readsWhatTheTableNamesSoThatAWrongBlockChangesTheToken() {
        FakeStep step = new FakeStep(paged());
        step.addRow(FakeStep.prompt(9, 9, 9, 9, 5, 6), 0, 4, 0);
        step.execute();
        step.addRow(PROMPT, 4, 6, 0, 1);
        assertThat(step.token()).isNotEqualTo(expected(paged(), PROMPT));
    }

    @Test
    void refusesToReadWhatWasNeverWrittenOrByAnotherPosition() {
        FakeStep step = new FakeStep(paged());
        step.addRow(PROMPT, 4, 6, 0, 1);
        assertThatThrownBy(step::execute).isInstanceOf(PlanViolation.class).hasMessageContaining("holds nothing");
        assertThat(step.runtime.violations()).hasSize(1);
    }

    @Test
    void refusesRowsThatWriteWhatAnotherReads() {
        FakeStep step = new FakeStep(paged());
        step.addRow(PROMPT, 0, 4, 0);
        step.addRow(PROMPT, 0, 4, 0);
        assertThatThrownBy(step::execute).hasMessageContaining("both write");
    }

    @Test
    void refusesRaggedMixedAndUnalignedRowsWhereTheyAreNotOffered() {
        FakeStep even = new FakeStep(model(Set.of(Feature.MIXED_SPANS), 1, 1, new CacheKind.PagedKv(1, 8, 8)));
        even.addRow(PROMPT, 0, 3, 0);
        even.addRow(PROMPT, 0, 2, 1);
        assertThatThrownBy(even::execute).hasMessageContaining("ragged");

        FakeStep aligned = new FakeStep(model(EnumSet.allOf(Feature.class), 4, 1, new CacheKind.PagedKv(1, 8, 8)));
        aligned.addRow(PROMPT, 0, 3, 0);
        assertThatThrownBy(aligned::execute).hasMessageContaining("alignment is 4");
    }

    @Test
    void noticesAStateSlotThatWasNotResetAndRestoresOneThatWasSaved() {
        FakeModel model = model(EnumSet.allOf(Feature.class), 1, 1, new CacheKind.RecurrentState(1, 8));
        FakeStep step = new FakeStep(model);
        step.addRow(PROMPT, 0, 6, 2);
        assertThatThrownBy(step::execute).hasMessageContaining("neither reset nor restored");
        step.plan.clear();

        step.runtime.apply(new CacheCommand.ResetSlot(0, 0, 2));
        step.addRow(PROMPT, 0, 4, 2);
        step.execute();
        step.runtime.apply(new CacheCommand.SaveState(0, 0, 2, 7));
        step.runtime.apply(new CacheCommand.RestoreState(0, 0, 7, 3));
        step.addRow(PROMPT, 4, 6, 3);
        assertThat(step.token()).isEqualTo(expected(model, PROMPT));
        step.runtime.apply(new CacheCommand.DropState(0, 0, 7));
        assertThat(step.runtime.checkpoints()).isEmpty();
        assertThatThrownBy(() -> step.runtime.apply(new CacheCommand.RestoreState(0, 0, 7, 3)))
                .hasMessageContaining("no checkpoint 7");
        assertThatThrownBy(() -> step.runtime.apply(new CacheCommand.SaveState(0, 0, 2, FakeStep.UNITS)))
                .hasMessageContaining("16 are reserved");
    }

    @Test
    void aStateThatHasSeenGeneratedPositionsIsThatOfALongerPromptOnlyWhereFormsAreEqual() {
        GenerationRequest shorter = FakeStep.prompt(1, 2, 3, 4);
        GenerationRequest longer = FakeStep.prompt(1, 2, 3, 4, 5, 6, 7, 8);
        for (boolean uniform : new boolean[] {true, false}) {
            FakeModel model = model(EnumSet.allOf(Feature.class), 1, 1, new CacheKind.RecurrentState(1, 8, uniform));
            FakeStep step = new FakeStep(model);
            step.runtime.apply(new CacheCommand.ResetSlot(0, 0, 2));
            step.addRow(shorter, 0, 3, 2);
            step.execute();
            step.plan.addRow(new ReferenceView(shorter, 0, 4, 64), 0, RowKind.VERIFY, 3, StepPlan.WANT_SAMPLE_EACH);
            for (int token = 4; token <= 6; token++) {
                step.plan.addToken(token);
            }
            step.addTables(2);
            step.execute();
            step.addRow(longer, 6, 8, 2);
            assertThat(step.token() == expected(model, longer)).isEqualTo(uniform);
        }
    }

    @Test
    void anExportedBlockWorksWhereItIsImported() {
        FakeStep source = new FakeStep(paged());
        source.addRow(PROMPT, 0, 4, 0);
        source.execute();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(BLOCK * 16);
            source.runtime.apply(new CacheCommand.ExportBlocks(0, 0, List.of(0), memory));
            FakeStep target = new FakeStep(paged());
            target.runtime.apply(new CacheCommand.ImportBlocks(0, 0, List.of(11), memory));
            target.addRow(PROMPT, 4, 6, 11, 2);
            assertThat(target.token()).isEqualTo(expected(paged(), PROMPT));
        }
    }

    @Test
    void resolvesATokenThatTheStepBeforeDraws() {
        for (FakeModel.Depth depth : List.of(FakeModel.Depth.EAGER, FakeModel.Depth.LAZY)) {
            FakeModel model = model(EnumSet.allOf(Feature.class), 1, 2, new CacheKind.PagedKv(1, 8, 8))
                    .withDepth(depth);
            FakeStep step = new FakeStep(model);
            step.addRow(PROMPT, 0, 6, 0, 1);
            step.runtime.begin(step.plan);
            try (StepPlan next = new StepPlan(step.plan.capacity())) {
                next.addRow(step.plan.sequence(0), 0, RowKind.COMPUTE, 6, StepPlan.WANT_SAMPLE);
                next.addToken(StepPlan.deferred(0));
                next.beginTable(0);
                next.addUnit(0, 0);
                next.addUnit(0, 1);
                step.runtime.begin(next);
                List<Integer> answer = new FakeReference(model.shape()).tokens(PROMPT, 0);
                assertThat(step.runtime.await().token(0, 0)).isEqualTo(answer.get(0));
                assertThat(step.runtime.await().token(0, 0)).isEqualTo(answer.get(1));
            }
        }
    }

    @Test
    void aVerifyRowDrawsAtEveryPosition() {
        FakeModel model = paged();
        List<Integer> answer = new FakeReference(model.shape()).tokens(PROMPT, 0);
        FakeStep step = new FakeStep(model);
        step.addRow(PROMPT, 0, 5, 0, 1);
        step.execute();
        ReferenceView view = new ReferenceView(PROMPT, 0, 6, 64);
        step.plan.addRow(view, 0, RowKind.VERIFY, 5, StepPlan.WANT_SAMPLE_EACH);
        step.plan.addToken(6);
        step.plan.addToken(answer.get(0));
        step.plan.addToken(answer.get(1));
        step.addTables(0, 1);
        StepResult result = step.runtime.execute(step.plan);
        assertThat(result.tokenCount(0)).isEqualTo(3);
        assertThat(result.token(0, 2)).isEqualTo(answer.get(2));
    }

    @Test
    void aStepToldToFailFailsAndWhatItWroteCannotBeRead() {
        FakeStep step = new FakeStep(paged().withFailingSteps(Set.of(0)));
        step.addRow(PROMPT, 0, 4, 0);
        assertThatThrownBy(step::execute)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED));
        step.plan.clear();
        step.addRow(PROMPT, 4, 6, 0, 1);
        assertThatThrownBy(step::execute).hasMessageContaining("holds nothing");
    }

    @Test
    void scoresThePromptOnlyWhereItIsOffered() {
        FakeStep step = new FakeStep(model(Set.of(), 1, 1, new CacheKind.PagedKv(1, 8, 8)));
        step.addRow(PROMPT, 0, 4, 0);
        step.plan.set(StepPlan.Column.WANTS, 0, StepPlan.WANT_PROMPT_LOGPROBS);
        assertThatThrownBy(step::execute).hasMessageContaining("PROMPT_LOGPROBS");
    }
}
