package dev.foretoken.nativeruntime.kernels.vector;

import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.FLOATS;
import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.kernels.scalar.QuantizedActivations;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Quantized products, a panel of 16 rows per task: each block is decoded once for all tokens. The same bits as the oracle. */
final class QuantizedVectorProducts {
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final int ROWS = WeightMatrix.PANEL_ROWS;

    private final MemorySegment x;
    private final int columns;
    private final QuantizedActivations[] inputs;
    private int inputBlock;

    QuantizedVectorProducts(MemorySegment x, int tokens, int columns) {
        this.x = x;
        this.columns = columns;
        this.inputs = new QuantizedActivations[tokens];
    }

    void multiply(BlockPanels weights, Product product, TaskThreads threads) {
        quantize(weights.format().block());
        threads.run(weights.panelCount(), panel -> blocks(weights, product, panel));
    }

    void multiply(ChannelPanels weights, Product product, TaskThreads threads) {
        quantize(columns);
        threads.run(weights.panelCount(), panel -> channels(weights, product, panel));
    }

    private void quantize(int block) {
        for (int token = 0; token < inputs.length && block != inputBlock; token++) {
            inputs[token] = QuantizedActivations.of(x, token, columns, block);
        }
        inputBlock = block;
    }

    private void blocks(BlockPanels weights, Product product, int panel) {
        BlockDecoder decoder = new BlockDecoder(weights, panel);
        float[] sums = new float[inputs.length * ROWS];
        for (int b = 0; b < weights.blocks(); b++) {
            decoder.decode(b);
            for (int token = 0; token < inputs.length; token++) {
                for (int part = 0; part < ROWS; part += LANES) {
                    FloatVector sum = FloatVector.fromArray(FLOATS, sums, token * ROWS + part);
                    added(inputs[token], b, decoder, part, sum).intoArray(sums, token * ROWS + part);
                }
            }
        }
        store(product, panel, sums);
    }

    private static FloatVector added(
            QuantizedActivations input, int b, BlockDecoder decoder, int part, FloatVector sum) {
        float scale = input.scales()[b];
        int block = decoder.block();
        IntVector dot = IntVector.zero(INTS);
        for (int k = 0; k < block; k++) {
            dot = IntVector.fromArray(INTS, decoder.values(), k * ROWS + part)
                    .mul(input.values()[b * block + k])
                    .add(dot);
        }
        FloatVector scales =
                FloatVector.fromArray(FLOATS, decoder.scales(), part).mul(scale);
        FloatVector added = floats(dot).fma(scales, sum);
        if (!decoder.minimum()) {
            return added;
        }
        FloatVector weight = FloatVector.broadcast(FLOATS, scale * input.sums()[b]);
        return weight.fma(FloatVector.fromArray(FLOATS, decoder.minimums(), part), added);
    }

    private static FloatVector floats(IntVector dot) {
        return (FloatVector) dot.convert(VectorOperators.I2F, 0);
    }

    private void channels(ChannelPanels weights, Product product, int panel) {
        int[] values = new int[columns * ROWS];
        float[] sums = new float[inputs.length * ROWS];
        float[] scales = new float[ROWS];
        int rows = Math.min(ROWS, weights.rows() - panel * ROWS);
        for (int lane = 0; lane < rows; lane++) {
            scales[lane] = weights.scale(panel * ROWS + lane);
            for (int k = 0; k < columns; k++) {
                values[k * ROWS + lane] = weights.value(panel * ROWS + lane, k);
            }
        }
        for (int token = 0; token < inputs.length; token++) {
            for (int part = 0; part < ROWS; part += LANES) {
                IntVector dot = IntVector.zero(INTS);
                for (int k = 0; k < columns; k++) {
                    dot = IntVector.fromArray(INTS, values, k * ROWS + part)
                            .mul(inputs[token].values()[k])
                            .add(dot);
                }
                FloatVector scale = FloatVector.fromArray(FLOATS, scales, part)
                        .mul(inputs[token].scales()[0]);
                floats(dot).mul(scale).intoArray(sums, token * ROWS + part);
            }
        }
        store(product, panel, sums);
    }

    private void store(Product product, int panel, float[] sums) {
        int rows = product.weights().rows();
        MemorySegment bias = product.bias();
        for (int token = 0; token < inputs.length; token++) {
            for (int lane = 0; lane < ROWS && panel * ROWS + lane < rows; lane++) {
                int row = panel * ROWS + lane;
                float added = bias == null ? 0 : bias.get(JAVA_FLOAT_UNALIGNED, 4L * row);
                product.out()
                        .set(
                                JAVA_FLOAT_UNALIGNED,
                                4L * ((long) token * product.stride() + row),
                                sums[token * ROWS + lane] + added);
            }
        }
    }
}
