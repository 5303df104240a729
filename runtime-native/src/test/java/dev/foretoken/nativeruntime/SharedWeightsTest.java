package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.WeightPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A base and its recipes in one process hold every weight that they have in common once. */
final class SharedWeightsTest {

    private static final String BASE = "llama-deep";

    private final WeightPool pool = new WeightPool();

    private PackedWeights load(String name) {
        return load(name, Weights.STORED);
    }

    private PackedWeights load(String name, Weights encoding) {
        try (OpenedModel model =
                OpenedModel.open(ModelSource.of(name, Conformance.root().resolve(name)))) {
            return PackedWeights.load(
                    model.plan(), model.weights(), encoding, new ScalarKernels(), LoadProgress.SILENT, pool);
        }
    }

    @Test
    void recipesAddOnlyWhatDiffersFromTheirBase() {
        List<PackedWeights> open = new ArrayList<>();
        open.add(load(BASE));
        long base = pool.bytes();
        open.add(load("recipe-drop-blocks"));
        open.add(load("recipe-kv-values"));
        open.add(load("recipe-loop"));
        assertThat(pool.bytes()).isEqualTo(base);
        assertThat(open.stream().map(PackedWeights::bytes)).containsExactly(base, 0L, 0L, 0L);
        open.add(load("recipe-loop-lora"));
        long additions = pool.bytes() - base;
        assertThat(additions).isPositive().isLessThan(base);
        assertThat(open.getLast().bytes()).isEqualTo(additions);
        open.forEach(PackedWeights::close);
        assertThat(pool.bytes()).isZero();
    }

    @Test
    void narrowMlpsReadTheRowsOfTheirBaseAndCopyOnlyColumns() {
        try (PackedWeights base = load(BASE)) {
            long whole = pool.bytes();
            try (PackedWeights narrow = load("recipe-width-each")) {
                // two of 64 neurons and two of 32, down to 48 outputs, in bf16
                assertThat(narrow.bytes()).isEqualTo((2 * 64 + 2 * 32) * 48 * 2);
                assertThat(base.bytes()).isEqualTo(whole);
            }
            assertThat(pool.bytes()).isEqualTo(whole);
        }
    }

    @Test
    void whatTheBaseLeavesBelongsToTheRecipesThatStay() {
        PackedWeights base = load(BASE);
        PackedWeights dropped = load("recipe-drop-blocks");
        long all = pool.bytes();
        base.close();
        assertThat(dropped.bytes()).isEqualTo(pool.bytes()).isPositive().isLessThan(all);
        MatrixRef embedding = new MatrixRef("model.embed_tokens.weight", 96, 48);
        assertThat(dropped.rows(embedding)).isNotNull();
        dropped.close();
        assertThat(pool.bytes()).isZero();
    }

    @Test
    void otherEncodingsAreOtherBytes() {
        try (PackedWeights stored = load(BASE)) {
            long before = pool.bytes();
            try (PackedWeights quantized = load("recipe-drop-blocks", Weights.Q8_0)) {
                assertThat(pool.bytes()).isGreaterThan(before);
                assertThat(quantized.bytes()).isLessThan(stored.bytes());
            }
        }
    }

    @Test
    void recipesKeepAnsweringWhenTheirBaseIsUnloaded() {
        NativeRuntimeProvider provider = new NativeRuntimeProvider();
        SequenceRuntime base = open(provider, BASE);
        SequenceRuntime recipe = open(provider, "recipe-kv-values");
        assertThat(recipe.heldAs().weightBytes()).isPositive();
        assertThat(base.residentBytes() - recipe.residentBytes())
                .isGreaterThan(base.heldAs().weightBytes() / 2);
        base.close();
        Conformance.Prompt prompt = Conformance.prompts("recipe-kv-values").get(3);
        try (StepLoop loop = new StepLoop(recipe, 16)) {
            FakeSequence sequence = new FakeSequence(1, prompt.ids(), prompt.tokens().length);
            loop.generate(sequence, prompt.tokens().length, Integer.MAX_VALUE);
            assertThat(sequence.generated()).isEqualTo(prompt.tokens());
        }
    }

    private static SequenceRuntime open(NativeRuntimeProvider provider, String name) {
        return provider.open(
                ModelSource.of(name, Conformance.root().resolve(name)),
                DeviceSpec.cpu(1),
                Conformance.EXACT_F32,
                LoadProgress.SILENT);
    }
}
