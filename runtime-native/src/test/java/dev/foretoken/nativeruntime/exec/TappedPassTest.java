package dev.foretoken.nativeruntime.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pass shows is what a naive computation has in the same places. */
final class TappedPassTest {

    private static final double TOLERANCE = 2e-4;
    private static final int STEP_TOKENS = 32;

    /** Keeps everything, parts of a sequence joined. */
    private static final class Recorder implements ActivationTap {
        private final Map<Integer, List<float[]>> hidden = new HashMap<>();
        private final Map<Linear, List<float[]>> inputs = new HashMap<>();
        private final Map<Integer, List<float[]>> keys = new HashMap<>();
        private final Map<Integer, List<float[]>> values = new HashMap<>();

        @Override
        public void hidden(int sublayers, Rows rows) {
            keep(hidden, sublayers, rows);
        }

        @Override
        public void input(List<Linear> linears, Rows rows) {
            linears.forEach(linear -> keep(inputs, linear, rows));
        }

        @Override
        public void keysAndValues(int attention, @Nullable Rows ownKeys, @Nullable Rows ownValues) {
            keep(keys, attention, ownKeys);
            keep(values, attention, ownValues);
        }

        private static <K> void keep(Map<K, List<float[]>> into, K key, ActivationTap.@Nullable Rows rows) {
            if (rows == null) {
                return;
            }
            float[] all = rows.toArray();
            List<float[]> list = into.computeIfAbsent(key, k -> new ArrayList<>());
            for (int i = 0; i < rows.count(); i++) {
                list.add(Arrays.copyOfRange(all, i * rows.width(), (i + 1) * rows.width()));
            }
        }
    }

    static Stream<ModelPlan> plans() {
        return Stream.of(
                RandomModels.windowed(),
                RandomModels.sharing(),
                RandomModels.outputNorms(),
                RandomModels.branches(),
                RandomModels.experts(),
                RandomModels.sinks(),
                RandomModels.scaled(),
                RandomRecurrents.mixed(),
                RandomFactors.mixed(),
                RandomModels.llama(", \"rope_scaling\": {\"rope_type\": \"dynamic\", \"factor\": 2}"),
                RandomModels.llama(", \"attention_bias\": true, \"mlp_bias\": true"));
    }

    private static Recorder recorded(ModelPlan plan, int[] tokens) {
        Recorder recorder = new Recorder();
        Kernels kernels = new ScalarKernels();
        Network network = RandomModels.network(plan, kernels);
        StepLimits limits = new StepLimits(1, STEP_TOKENS, 1, tokens.length);
        try (TappedPass pass = TappedPass.open(network, kernels, limits, recorder)) {
            pass.run(tokens);
        }
        network.weights().close();
        return recorder;
    }

    @ParameterizedTest
    @MethodSource("plans")
    void showsWhatTheNaiveModelHas(ModelPlan plan) {
        int[] tokens = RandomModels.prompt(70, plan.vocabularySize(), 11);
        Recorder shown = recorded(plan, tokens);
        NaiveModel naive = new NaiveModel(plan, RandomModels.WEIGHTS);
        naive.hidden(naive.embed(tokens), tokens.length);
        assertThat(shown.hidden).hasSize(plan.sublayers().size() + 1);
        for (int i = 0; i < naive.streams.size(); i++) {
            requireSame("hidden " + i, shown.hidden.get(i), naive.streams.get(i));
        }
        List<Mixer> plain = plan.mixers().stream()
                .filter(mixer -> mixer instanceof Attention || mixer instanceof Mlp)
                .toList();
        assertThat(plain).isNotEmpty();
        plain.forEach(mixer -> requireInputs(plan, mixer, shown, naive));
        for (int i = 0; i < plan.attentions().size(); i++) {
            boolean own = plan.attentions().get(i).source().isOwn(i);
            assertThat(shown.keys.containsKey(i)).isEqualTo(own);
            if (own) {
                requireSame("keys " + i, shown.keys.get(i), naive.stored.get(i).keys());
                requireSame(
                        "values " + i, shown.values.get(i), naive.stored.get(i).values());
            }
        }
    }

    private static void requireInputs(ModelPlan plan, Mixer mixer, Recorder shown, NaiveModel naive) {
        boolean reader = mixer instanceof Attention attention
                && !attention.source().isOwn(plan.attentions().indexOf(attention));
        for (Linear linear : mixer.linears()) {
            boolean unused = reader && !shown.inputs.containsKey(linear);
            if (!unused) {
                requireSame(linear.weight().toString(), shown.inputs.get(linear), naive.inputs.get(linear));
            }
        }
    }

    private static void requireSame(String what, @Nullable List<float[]> shown, double[][] expected) {
        assertThat(shown).as(what).isNotNull().hasSize(expected.length);
        for (int t = 0; t < expected.length; t++) {
            assertThat(shown.get(t)).as(what).hasSize(expected[t].length);
            for (int i = 0; i < expected[t].length; i++) {
                double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[t][i]));
                assertThat((double) shown.get(t)[i])
                        .as("%s token %d element %d", what, t, i)
                        .isCloseTo(expected[t][i], within(tolerance));
            }
        }
    }

    @Test
    void hiddenVectorsThatAreGivenTakeThePlaceOfTokens() {
        ModelPlan plan = RandomModels.llama("");
        int[] tokens = RandomModels.prompt(50, plan.vocabularySize(), 12);
        Recorder first = recorded(plan, tokens);
        Recorder again = new Recorder();
        Kernels kernels = new ScalarKernels();
        Network network = RandomModels.network(plan, kernels);
        try (Arena arena = Arena.ofShared();
                TappedPass pass = TappedPass.open(network, kernels, new StepLimits(1, STEP_TOKENS, 1, 50), again)) {
            MemorySegment rows = arena.allocate(50L * plan.hiddenSize() * Float.BYTES, 64);
            for (int t = 0; t < 50; t++) {
                long at = (long) t * plan.hiddenSize() * Float.BYTES;
                MemorySegment.copy(first.hidden.get(0).get(t), 0, rows, ValueLayout.JAVA_FLOAT, at, plan.hiddenSize());
            }
            pass.run(rows, 50);
        }
        network.weights().close();
        for (int i = 0; i <= plan.sublayers().size(); i++) {
            for (int t = 0; t < 50; t++) {
                assertThat(again.hidden.get(i).get(t))
                        .isEqualTo(first.hidden.get(i).get(t));
            }
        }
    }

    @Test
    void oneSequenceLeavesNothingForTheNext() {
        ModelPlan plan = RandomRecurrents.mixed();
        int[] tokens = RandomModels.prompt(40, plan.vocabularySize(), 13);
        Recorder alone = recorded(plan, tokens);
        Recorder both = new Recorder();
        Kernels kernels = new ScalarKernels();
        Network network = RandomModels.network(plan, kernels);
        try (TappedPass pass = TappedPass.open(network, kernels, new StepLimits(1, STEP_TOKENS, 1, 64), both)) {
            pass.run(RandomModels.prompt(33, plan.vocabularySize(), 14));
            both.hidden.clear();
            pass.run(tokens);
        }
        network.weights().close();
        int last = plan.sublayers().size();
        for (int t = 0; t < tokens.length; t++) {
            assertThat(both.hidden.get(last).get(t))
                    .isEqualTo(alone.hidden.get(last).get(t));
        }
    }

    @Test
    void attentionThatReadsWhatLaterLayersStoreIsRefused() {
        ModelPlan plan = RandomModels.llama("");
        Attention first = plan.attentions().getFirst();
        ModelPlan above = RandomModels.changed(
                plan, s -> s.withMixers(mixer -> mixer.equals(first) ? first.withSource(new KvSource(2, 2)) : mixer));
        Kernels kernels = new ScalarKernels();
        Network network = RandomModels.network(above, kernels);
        assertThatThrownBy(() -> TappedPass.open(network, kernels, 64, ActivationTap.NONE))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("later layers");
        network.weights().close();
    }
}
