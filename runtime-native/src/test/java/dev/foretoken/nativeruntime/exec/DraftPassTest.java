package dev.foretoken.nativeruntime.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.nativeruntime.StepLoop;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.WidthSlice;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The draft part proposes what its network would generate by itself, and leaves the base alone. */
final class DraftPassTest {

    private static final int BLOCKS = 24;
    private static final int PROPOSALS = 5;
    private static final int DRAFT = 1;
    private static final ModelPlan BASE = RandomModels.llama("");
    private static final ModelPlan OTHER = RandomModels.windowed();

    private static SamplingParams sampling(float temperature) {
        return new SamplingParams(temperature, 20, 0.95f, 0.01f, new Penalties(0.7f, 0.9f, 1.3f), LogitBias.NONE, 5);
    }

    private static FakeSequence sequence(int id, int length, float temperature) {
        FakeSequence sequence = new FakeSequence(id, RandomModels.prompt(length, 40, id), 100);
        sequence.output = new OutputOptions(2, -1, false);
        return sequence.sampling(sampling(temperature));
    }

    /** Adds a row that computes [first, the sequence's end) and proposes; each row has blocks of its own. */
    private static void addDraft(StepLoop loop, FakeSequence sequence, int first, int proposals) {
        StepPlan plan = loop.plan();
        int kinds = loop.runtime.shape().parts().get(DRAFT).caches().kinds().size();
        int row = plan.addRow(sequence, DRAFT, RowKind.DRAFT, first, 0);
        plan.set(Column.PROPOSALS, row, proposals);
        for (int position = first; position < sequence.length(); position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        for (int kind = 0; kind < kinds; kind++) {
            plan.beginTable(kind);
            for (int block = 0; block < 4; block++) {
                plan.addUnit(kind, (int) (4 * sequence.sequenceId() + 3 - block));
            }
        }
    }

    private static int[] proposals(StepResult result, int row) {
        int[] tokens = new int[result.tokenCount(row)];
        Arrays.setAll(tokens, i -> result.token(row, i));
        return tokens;
    }

    private static int[] generated(ModelPlan plan, FakeSequence sequence) {
        try (StepLoop loop = new StepLoop(RandomModels.open(plan), BLOCKS)) {
            return loop.generate(sequence, PROPOSALS, 100).generated();
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 1.2f})
    void proposesInOneStepWhatItsNetworkGeneratesTokenByToken(float temperature) {
        try (StepLoop loop = new StepLoop(RandomModels.open(BASE, OTHER), BLOCKS)) {
            for (int round = 0; round < 2; round++) {
                loop.plan().clear();
                addDraft(loop, sequence(0, 40, temperature), 0, PROPOSALS);
                addDraft(loop, sequence(1, 9, temperature), 0, 0);
                addDraft(loop, sequence(2, 35, temperature), 0, 2);
                StepResult result = loop.runtime.execute(loop.plan());
                assertThat(proposals(result, 0)).containsExactly(generated(OTHER, sequence(0, 40, temperature)));
                assertThat(proposals(result, 1)).isEmpty();
                assertThat(proposals(result, 2))
                        .containsExactly(Arrays.copyOf(generated(OTHER, sequence(2, 35, temperature)), 2));
                assertThat(result.logprobs(0, 0)).isNull();
            }
        }
    }

    @Test
    void goesOnFromWhatWasComputedAndOverwritesWhatWasRejected() {
        try (StepLoop loop = new StepLoop(RandomModels.open(BASE, OTHER), BLOCKS)) {
            FakeSequence sequence = sequence(0, 40, 1.2f);
            loop.plan().clear();
            addDraft(loop, sequence, 0, PROPOSALS);
            int first = proposals(loop.runtime.execute(loop.plan()), 0)[0];
            sequence.append((first + 1) % 40);
            loop.plan().clear();
            addDraft(loop, sequence, 40, PROPOSALS);
            FakeSequence expected = sequence(0, 40, 1.2f);
            expected.append((first + 1) % 40);
            int[] answer = generated(OTHER, expected);
            assertThat(proposals(loop.runtime.execute(loop.plan()), 0))
                    .containsExactly(Arrays.copyOfRange(answer, 1, answer.length));
        }
    }

    @Test
    void doesNotTouchTheBase() {
        FakeSequence expected = sequence(0, 40, 1f);
        generated(BASE, expected);
        try (StepLoop loop = new StepLoop(RandomModels.open(BASE, OTHER), BLOCKS)) {
            FakeSequence sequence = sequence(0, 40, 1f);
            for (int i = 0; i < PROPOSALS; i++) {
                loop.generate(sequence, 1, 16);
                loop.plan().clear();
                addDraft(loop, sequence, 0, 3);
                loop.runtime.execute(loop.plan());
            }
            assertThat(sequence.generated()).isEqualTo(expected.generated());
        }
    }

    @Test
    void showsItsPartWithItsOwnCaches() {
        try (StepLoop loop = new StepLoop(RandomModels.open(BASE, OTHER), BLOCKS)) {
            List<PartShape> parts = loop.runtime.shape().parts();
            assertThat(parts).extracting(PartShape::role).containsExactly(PartShape.Role.BASE, PartShape.Role.DRAFT);
            assertThat(parts.get(DRAFT).caches().kinds()).hasSize(2);
        }
    }

    @Test
    void refusesRowsThatMixParts() {
        try (StepLoop loop = new StepLoop(RandomModels.open(BASE, OTHER), BLOCKS)) {
            loop.plan().clear();
            addDraft(loop, sequence(0, 10, 0), 0, 1);
            loop.addRow(loop.plan(), sequence(1, 10, 0), RowKind.COMPUTE, 10, StepPlan.WANT_SAMPLE);
            requireFails(loop, "part=0, must be as in row 0");
            loop.plan().clear();
            addDraft(loop, sequence(0, 10, 0), 0, 65);
            requireFails(loop, "proposals=65, must be at most 64");
            loop.plan().clear();
            addDraft(loop, sequence(0, 10, 0), 0, 1);
            loop.plan().set(Column.KIND, 0, RowKind.COMPUTE.ordinal());
            requireFails(loop, "must be DRAFT in the draft part");
        }
    }

    private static void requireFails(StepLoop loop, String message) {
        loop.runtime.begin(loop.plan());
        assertThatThrownBy(loop.runtime::await).hasMessageContaining(message);
    }

    @Test
    void aSliceProposesWhatTheNarrowModelGenerates() {
        ScalarKernels kernels = new ScalarKernels();
        Network whole = RandomModels.network(BASE, kernels);
        WidthSlice slice = WidthSlice.of(BASE, whole.weights(), 0.5, kernels);
        try (PackedWeights kept = RandomModels.network(BASE, kernels).weights();
                StepLoop loop = new StepLoop(open(whole, new Network(slice.plan(), slice.weights())), BLOCKS)) {
            WidthSlice narrow = WidthSlice.of(BASE, kept, 0.5, kernels);
            StepLoop alone = new StepLoop(open(new Network(narrow.plan(), narrow.weights()), null), BLOCKS);
            int[] expected =
                    alone.generate(sequence(0, 40, 1.2f), PROPOSALS, 100).generated();
            alone.close();
            loop.plan().clear();
            addDraft(loop, sequence(0, 40, 1.2f), 0, PROPOSALS);
            assertThat(proposals(loop.runtime.execute(loop.plan()), 0)).containsExactly(expected);
        }
    }

    private static NativeSequenceRuntime open(Network base, @Nullable Network draft) {
        return NativeSequenceRuntime.of(new NativeSequenceRuntime.Parts(
                base, draft, new ScalarKernels(), KvType.F32, BASE.contextTokens(), AdapterLimits.NONE, "test"));
    }
}
