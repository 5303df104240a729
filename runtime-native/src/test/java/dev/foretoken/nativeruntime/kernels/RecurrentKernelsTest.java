package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.nativeruntime.kernels.StateRows.Row;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.kernels.scalar.Exponential;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle of layers with a state against recurrences in double, and what rule (h) of batch invariance promises of it. */
class RecurrentKernelsTest {
    private static final String CHUNKED = "chunked";

    private final RecurrentKernels oracle = new ScalarRecurrentKernels();

    /** Makes a layer with the inputs of so many tokens. */
    interface Maker extends BiFunction<KernelCase, Integer, RecurrentCase> {}

    static Stream<Maker> chunked() {
        return Stream.of(
                (data, tokens) -> RecurrentCase.StateSpace.of(data, tokens, new StateSpaceWeights.Shape(6, 5, 7, 2)),
                (data, tokens) -> RecurrentCase.Delta.of(data, tokens, new DeltaRuleWeights.Shape(2, 4, 6, 5)));
    }

    @Test
    void approximatesExponentialsFarBetterThanSumsRound() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            float x = (float) random.nextDouble(-86, 86);
            assertThat((double) Exponential.exp(x)).isCloseTo(Math.exp(x), within(3e-7 * Math.exp(x)));
            double power = Math.min(0, x);
            assertThat((double) Exponential.exp2Falling((float) power))
                    .isCloseTo(Math.pow(2, power), within(2e-7 * Math.pow(2, power)));
            double softplus = NaiveScans.softplus(x);
            assertThat((double) Exponential.softplus(x)).isCloseTo(softplus, within(5e-7 * softplus));
            assertThat((double) Exponential.silu(x))
                    .isCloseTo(NaiveScans.silu(x), within(5e-7 * Math.abs(NaiveScans.silu(x))));
        }
        assertThat(Exponential.exp(Float.NaN)).isNaN();
        assertThat(Exponential.softplus(Float.NaN)).isNaN();
        assertThat(Exponential.exp(0)).isEqualTo(1);
        assertThat(Exponential.exp2Falling(0)).isEqualTo(1);
        assertThat(Exponential.exp2Falling(-1e30f))
                .isEqualTo(Exponential.exp2Falling(-100))
                .isBetween(0f, 1e-30f);
        assertThat(Exponential.exp2Falling(Float.NaN)).isNaN();
        assertThat(Exponential.softplus(100)).isEqualTo(100);
        assertThat(Exponential.silu(-1e30f)).isEqualTo(-0f);
    }

    @Test
    void convolvesWithWhatTheStateHoldsOfEarlierTokens() {
        try (KernelCase data = new KernelCase(2)) {
            int tokens = 11;
            int channels = 5;
            for (int taps : new int[] {2, 3, 4}) {
                MemorySegment x = data.floats(tokens * channels, data::normal);
                MemorySegment weight = data.floats(taps * channels, data::normal);
                MemorySegment bias = data.floats(channels, data::normal);
                ConvolutionWeights weights = new ConvolutionWeights(channels, taps, weight, bias, true);
                StateLayer state = StateRows.zeros(data, 3, weights.stateFloats());
                MemorySegment out = data.poisoned(tokens * channels);
                int done = 0;
                for (int span : new int[] {1, 6, 2, 2}) {
                    StateBatch batch = StateRows.batch(data, new Row(done, span, done, 7, 1));
                    oracle.convolve(weights, batch, state, x, out);
                    done += span;
                }
                double[][] expected = NaiveScans.convolve(
                        StateRows.matrix(x, tokens, channels),
                        StateRows.matrix(weight, taps, channels),
                        StateRows.vector(bias, channels),
                        true);
                StateRows.near(out, channels, 0, expected, 1e-6, "taps " + taps);
                oracle.convolve(weights, StateRows.batch(data, new Row(0, tokens, 0, tokens, 2)), state, x, x);
                Comparison.sameBits(x, out, "in place and in one span");
            }
        }
    }

    @Test
    void scansSelectivelyAsTheRecurrenceSays() {
        try (KernelCase data = new KernelCase(3)) {
            int tokens = 40;
            int channels = 6;
            int states = 5;
            int groups = 2;
            SelectiveScanWeights weights = new SelectiveScanWeights(
                    channels,
                    states,
                    groups,
                    data.floats(states * channels, () -> -data.random.nextDouble(0.1, 4)),
                    data.floats(channels, data::normal));
            MemorySegment x = data.floats(tokens * channels, data::normal);
            MemorySegment time = data.floats(tokens * channels, data::normal);
            MemorySegment maps = data.floats(tokens * 2 * groups * states, data::normal);
            TokenVectors joint = TokenVectors.of(maps, 2 * groups * states);
            ScanInputs inputs = new ScanInputs(
                    TokenVectors.of(x, channels),
                    TokenVectors.of(time, channels),
                    joint.slice(0, groups * states),
                    joint.slice(groups * states, groups * states));
            StateLayer state = StateRows.zeros(data, 1, weights.stateFloats());
            MemorySegment out = data.poisoned(tokens * channels);
            oracle.selectiveScan(weights, StateRows.batch(data, new Row(0, 17, 0, 30, 0)), state, inputs, null, out);
            oracle.selectiveScan(weights, StateRows.batch(data, new Row(17, 23, 17, 30, 0)), state, inputs, null, out);
            double[][] expected = NaiveScans.selective(
                    StateRows.matrix(x, tokens, channels),
                    StateRows.matrix(time, tokens, channels),
                    StateRows.slice(maps, tokens, 2 * groups * states, 0, groups * states),
                    StateRows.slice(maps, tokens, 2 * groups * states, groups * states, groups * states),
                    StateRows.matrix(weights.a(), states, channels),
                    StateRows.vector(weights.d(), channels),
                    groups);
            StateRows.near(out, channels, 0, expected, 2e-6, "scan");
        }
    }

    @ParameterizedTest(name = CHUNKED)
    @MethodSource("chunked")
    void givesInChunksWhatTheRecurrenceGives(Maker maker) {
        try (KernelCase data = new KernelCase(4)) {
            int tokens = 150;
            RecurrentCase layer = maker.apply(data, tokens);
            for (int prompt : new int[] {0, 1, 63, 64, 65, 128, 150, 400}) {
                int end = prompt == 400 ? 128 : tokens;
                StateLayer state = StateRows.zeros(data, 1, layer.stateFloats());
                MemorySegment out = data.poisoned((long) tokens * layer.outputWidth());
                layer.run(oracle, StateRows.batch(data, new Row(0, end, 0, prompt, 0)), state, out);
                double[][] expected = java.util.Arrays.copyOf(layer.naive(), end);
                StateRows.near(out, layer.outputWidth(), 0, expected, 3e-6, "prompt of " + prompt);
            }
        }
    }

    @ParameterizedTest(name = CHUNKED)
    @MethodSource("chunked")
    void givesTheSameBitsHoweverAPromptIsSplitOnTheGrid(Maker maker) {
        try (KernelCase data = new KernelCase(5)) {
            int tokens = 250;
            int prompt = 200;
            RecurrentCase layer = maker.apply(data, tokens);
            StateLayer whole = StateRows.zeros(data, 2, layer.stateFloats());
            StateLayer parts = StateRows.zeros(data, 2, layer.stateFloats());
            MemorySegment expected = data.poisoned((long) tokens * layer.outputWidth());
            MemorySegment actual = data.poisoned((long) tokens * layer.outputWidth());
            layer.run(oracle, StateRows.batch(data, new Row(0, tokens, 0, prompt, 1)), whole, expected);
            int done = 0;
            for (int span : new int[] {64, 128, 8, 1, 20, 29}) {
                layer.run(oracle, StateRows.batch(data, new Row(done, span, done, prompt, 1)), parts, actual);
                done += span;
            }
            assertThat(done).isEqualTo(tokens);
            Comparison.sameBits(actual, expected, "outputs");
            Comparison.sameBits(parts.data(), whole.data(), "states");
        }
    }

    @ParameterizedTest(name = CHUNKED)
    @MethodSource("chunked")
    void computesGeneratedPositionsInAnotherFormThanPrompts(Maker maker) {
        try (KernelCase data = new KernelCase(6)) {
            int tokens = 64;
            RecurrentCase layer = maker.apply(data, tokens);
            MemorySegment chunk = data.poisoned((long) tokens * layer.outputWidth());
            MemorySegment single = data.poisoned((long) tokens * layer.outputWidth());
            StateLayer state = StateRows.zeros(data, 2, layer.stateFloats());
            layer.run(oracle, StateRows.batch(data, new Row(0, tokens, 0, 64, 0)), state, chunk);
            layer.run(oracle, StateRows.batch(data, new Row(0, tokens, 0, 0, 1)), state, single);
            assertThat(chunk.mismatch(single))
                    .as("forms that differ in rounding")
                    .isNotEqualTo(-1);
        }
    }

    @ParameterizedTest(name = CHUNKED)
    @MethodSource("chunked")
    void touchesNoSlotButItsRowsOwn(Maker maker) {
        try (KernelCase data = new KernelCase(7)) {
            RecurrentCase layer = maker.apply(data, 90);
            MemorySegment out = data.poisoned(90L * layer.outputWidth());
            StateLayer state =
                    new StateLayer(data.floats(5L * layer.stateFloats(), data::normal), 5, layer.stateFloats());
            StateLayer alone = StateRows.copy(data, state);
            layer.run(oracle, StateRows.batch(data, new Row(0, 70, 0, 70, 3), new Row(70, 20, 640, 10, 1)), state, out);
            MemorySegment separate = data.poisoned(90L * layer.outputWidth());
            layer.run(oracle, StateRows.batch(data, new Row(70, 20, 640, 10, 1)), alone, separate);
            layer.run(oracle, StateRows.batch(data, new Row(0, 70, 0, 70, 3)), alone, separate);
            Comparison.sameBits(out, separate, "rows together and apart");
            Comparison.sameBits(state.data(), alone.data(), "states");
        }
    }

    @ParameterizedTest(name = CHUNKED)
    @MethodSource("chunked")
    void refusesPromptsOffTheGridAndSlotsThatAreNotThere(Maker maker) {
        try (KernelCase data = new KernelCase(8)) {
            RecurrentCase layer = maker.apply(data, 100);
            MemorySegment out = data.poisoned(100L * layer.outputWidth());
            StateLayer state = StateRows.zeros(data, 2, layer.stateFloats());
            for (Row row : List.of(
                    new Row(0, 60, 0, 61, 0),
                    new Row(0, 64, 1, 200, 0),
                    new Row(0, 10, 32, 40, 0),
                    new Row(0, 5, 0, 5, 2),
                    new Row(0, 5, 0, 5, -1),
                    new Row(0, 0, 0, 5, 0),
                    new Row(0, 101, 0, 101, 0))) {
                StateBatch batch = StateRows.batch(data, row);
                assertThatThrownBy(() -> layer.run(oracle, batch, state, out))
                        .as("%s", row)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void normsGroupsWithTheGateBeforeOrAfter() {
        try (KernelCase data = new KernelCase(9)) {
            int rows = 3;
            int width = 12;
            MemorySegment x = data.floats(rows * width, data::normal);
            MemorySegment gate = data.floats(rows * width, data::normal);
            MemorySegment weight = data.floats(width, data::normal);
            for (int group : new int[] {12, 4}) {
                for (boolean gateFirst : new boolean[] {true, false}) {
                    MemorySegment out = data.poisoned(rows * width);
                    oracle.gatedNorm(new GatedNormWeights(width, group, weight, 1e-5f, gateFirst), x, gate, rows, out);
                    double[][] expected = gated(
                            StateRows.matrix(x, rows, width),
                            StateRows.matrix(gate, rows, width),
                            StateRows.vector(weight, width),
                            group,
                            gateFirst);
                    StateRows.near(out, width, 0, expected, 1e-6, "group " + group + ", first " + gateFirst);
                }
            }
        }
    }

    private static double[][] gated(double[][] x, double[][] gate, double[] weight, int group, boolean gateFirst) {
        double[][] out = new double[x.length][weight.length];
        for (int row = 0; row < x.length; row++) {
            for (int i = 0; i < weight.length; i++) {
                double squares = 0;
                for (int j = i / group * group; j < i / group * group + group; j++) {
                    double term = x[row][j] * (gateFirst ? NaiveScans.silu(gate[row][j]) : 1);
                    squares += term * term;
                }
                out[row][i] = x[row][i] * NaiveScans.silu(gate[row][i]) / Math.sqrt(squares / group + 1e-5) * weight[i];
            }
        }
        return out;
    }
}
