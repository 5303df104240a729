package dev.foretoken.nativeruntime.kernels;

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
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every implementation of layers with a state against the oracle: bit for bit, but for lengths, which are summed in another order. */
class RecurrentOracleTest {

    /** Prompts, answers and both, of several sequences, on the chunk grid. */
    private static final Row[] ROWS = {
        new Row(0, 67, 64, 131, 3), new Row(67, 1, 500, 20, 0), new Row(68, 71, 0, 65, 4), new Row(139, 64, 128, 999, 1)
    };

    private static final int TOKENS = 203;
    private static final int SLOTS = 5;

    private final RecurrentKernels oracle = new ScalarRecurrentKernels();
    private final KernelCase data = new KernelCase(11);
    private final List<Kernels> implementations =
            Stream.concat(KernelsUnderTest.exact(), KernelsUnderTest.fast()).toList();

    @AfterEach
    void close() {
        implementations.forEach(Kernels::close);
        data.close();
    }

    /** One layer, computed by some kernels. */
    private interface Layer {
        void run(RecurrentKernels kernels, StateBatch batch, StateLayer state, MemorySegment out);
    }

    private void sameBits(String what, int stateFloats, int width, Layer layer) {
        StateLayer before = new StateLayer(data.floats((long) SLOTS * stateFloats, data::normal), SLOTS, stateFloats);
        StateLayer expectedState = StateRows.copy(data, before);
        MemorySegment expected = data.poisoned((long) TOKENS * width);
        layer.run(oracle, StateRows.batch(data, ROWS), expectedState, expected);
        for (Kernels kernels : implementations) {
            StateLayer state = StateRows.copy(data, before);
            MemorySegment out = data.poisoned((long) TOKENS * width);
            layer.run(kernels.recurrent(), StateRows.batch(data, ROWS), state, out);
            Comparison.sameBits(out, expected, kernels.path() + ", " + what);
            Comparison.sameBits(state.data(), expectedState.data(), kernels.path() + ", state, " + what);
        }
    }

    @Test
    void convolves() {
        for (int channels : new int[] {5, 16, 37, 300}) {
            for (int taps : new int[] {2, 4, 16}) {
                for (boolean silu : new boolean[] {false, true}) {
                    MemorySegment x = data.floats((long) TOKENS * channels, data::normal);
                    ConvolutionWeights weights = new ConvolutionWeights(
                            channels,
                            taps,
                            data.floats(taps * channels, data::normal),
                            silu ? data.floats(channels, data::normal) : null,
                            silu);
                    sameBits(
                            channels + " channels, " + taps + " taps",
                            weights.stateFloats(),
                            channels,
                            (kernels, batch, state, out) -> kernels.convolve(weights, batch, state, x, out));
                }
            }
        }
    }

    @Test
    void scansSelectively() {
        for (int[] sizes : new int[][] {{6, 5, 2}, {64, 16, 1}, {40, 16, 2}, {33, 40, 1}, {16, 33, 1}}) {
            SelectiveScanWeights weights = new SelectiveScanWeights(
                    sizes[0],
                    sizes[1],
                    sizes[2],
                    data.floats(sizes[1] * sizes[0], () -> -data.random.nextDouble(0.1, 40)),
                    data.floats(sizes[0], data::normal));
            ScanInputs inputs = inputs(sizes[0], sizes[0], sizes[1] * sizes[2]);
            MemorySegment gate = data.floats((long) TOKENS * sizes[0], () -> 3 * data.normal());
            for (MemorySegment gated : new MemorySegment[] {gate, null}) {
                sameBits(
                        sizes[0] + " channels, " + sizes[1] + " states",
                        weights.stateFloats(),
                        sizes[0],
                        (kernels, batch, state, out) ->
                                kernels.selectiveScan(weights, batch, state, inputs, gated, out));
            }
        }
    }

    /** Inputs as projections leave them: side by side in longer vectors. */
    private ScanInputs inputs(int channels, int times, int maps) {
        int stride = channels + 2 * maps + 3;
        TokenVectors joint = TokenVectors.of(data.floats((long) TOKENS * stride, data::normal), stride);
        return new ScanInputs(
                joint.slice(0, channels),
                TokenVectors.of(data.floats((long) TOKENS * times, () -> 4 * data.normal()), times),
                joint.slice(channels, maps),
                joint.slice(channels + maps, maps));
    }

    @Test
    void scansStateSpaces() {
        for (StateSpaceWeights.Shape shape : List.of(
                new StateSpaceWeights.Shape(6, 5, 7, 2),
                new StateSpaceWeights.Shape(2, 64, 128, 1),
                new StateSpaceWeights.Shape(3, 80, 16, 1),
                new StateSpaceWeights.Shape(2, 130, 21, 2),
                new StateSpaceWeights.Shape(1, 48, 33, 1),
                new StateSpaceWeights.Shape(4, 32, 4, 2))) {
            RecurrentCase.StateSpace layer = RecurrentCase.StateSpace.of(data, TOKENS, shape);
            sameBits(shape.toString(), layer.stateFloats(), layer.outputWidth(), layer::run);
        }
    }

    @Test
    void correctsByTheDeltaRule() {
        for (DeltaRuleWeights.Shape shape : List.of(
                new DeltaRuleWeights.Shape(2, 4, 6, 5),
                new DeltaRuleWeights.Shape(1, 2, 128, 128),
                new DeltaRuleWeights.Shape(2, 2, 33, 80))) {
            RecurrentCase.Delta layer = RecurrentCase.Delta.of(data, TOKENS, shape);
            StateLayer before = StateRows.zeros(data, SLOTS, layer.stateFloats());
            MemorySegment expected = data.poisoned((long) TOKENS * layer.outputWidth());
            layer.run(oracle, StateRows.batch(data, ROWS), StateRows.copy(data, before), expected);
            MemorySegment first = null;
            for (Kernels kernels : implementations) {
                MemorySegment out = data.poisoned((long) TOKENS * layer.outputWidth());
                layer.run(kernels.recurrent(), StateRows.batch(data, ROWS), StateRows.copy(data, before), out);
                String what = kernels.path() + ", " + shape;
                StateRows.near(
                        out,
                        layer.outputWidth(),
                        0,
                        StateRows.matrix(expected, TOKENS, layer.outputWidth()),
                        3e-6,
                        what);
                if (kernels instanceof NativeKernels) {
                    first = first == null ? out : first;
                    Comparison.sameBits(out, first, "instruction sets differ: " + what);
                }
                splitsAlike(kernels.recurrent(), layer, before, out, what);
            }
        }
    }

    /** Rows one by one, and prompts split on the grid, give what all rows gave together. */
    private void splitsAlike(
            RecurrentKernels kernels, RecurrentCase layer, StateLayer before, MemorySegment whole, String what) {
        StateLayer state = StateRows.copy(data, before);
        MemorySegment out = data.poisoned((long) TOKENS * layer.outputWidth());
        for (Row row : ROWS) {
            int done = 0;
            while (done < row.tokens()) {
                int prompt = row.prompt() - row.first() - done;
                int span = prompt > 64 ? 64 : prompt > 0 ? prompt : 1;
                span = Math.min(span, row.tokens() - done);
                Row part = new Row(row.offset() + done, span, row.first() + done, row.prompt(), row.slot());
                layer.run(kernels, StateRows.batch(data, part), state, out);
                done += span;
            }
        }
        Comparison.sameBits(out, whole, "split: " + what);
    }

    @Test
    void normsWithGates() {
        for (int[] sizes : new int[][] {{12, 4}, {96, 96}, {130, 65}, {128, 32}}) {
            for (boolean gateFirst : new boolean[] {true, false}) {
                int rows = 7;
                MemorySegment x = data.floats((long) rows * sizes[0], data::normal);
                MemorySegment gate = data.floats((long) rows * sizes[0], data::normal);
                GatedNormWeights weights =
                        new GatedNormWeights(sizes[0], sizes[1], data.floats(sizes[0], data::normal), 1e-5f, gateFirst);
                MemorySegment expected = data.poisoned((long) rows * sizes[0]);
                oracle.gatedNorm(weights, x, gate, rows, expected);
                for (Kernels kernels : implementations) {
                    for (MemorySegment out : List.of(data.poisoned((long) rows * sizes[0]), x, gate)) {
                        MemorySegment keptX =
                                data.poisoned((long) rows * sizes[0]).copyFrom(x);
                        MemorySegment keptGate =
                                data.poisoned((long) rows * sizes[0]).copyFrom(gate);
                        kernels.recurrent().gatedNorm(weights, x, gate, rows, out);
                        double[][] near = StateRows.matrix(expected, rows, sizes[0]);
                        StateRows.near(out, sizes[0], 0, near, 1e-6, kernels.path() + ", gate first " + gateFirst);
                        x.copyFrom(keptX);
                        gate.copyFrom(keptGate);
                    }
                }
            }
        }
    }
}
