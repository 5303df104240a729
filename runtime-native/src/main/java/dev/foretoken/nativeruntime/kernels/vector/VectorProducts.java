package dev.foretoken.nativeruntime.kernels.vector;

import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.FLOATS;
import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** Products with one chain of fused multiply-adds per output, in ascending k: the same bits as the oracle. */
public final class VectorProducts {
    private final float[] x;
    private final int tokens;
    private final int columns;
    private final QuantizedVectorProducts quantized;

    /** {@code input}: fp32 [tokens, columns]. */
    public VectorProducts(MemorySegment input, int tokens, int columns) {
        this.tokens = tokens;
        this.columns = columns;
        this.x = new float[tokens * columns];
        this.quantized = new QuantizedVectorProducts(input, tokens, columns);
        MemorySegment.copy(input, JAVA_FLOAT_UNALIGNED, 0, x, 0, x.length);
    }

    /** Group after group, each with its rows side by side. */
    public static void multiplyGroups(
            MemorySegment x,
            @Nullable MemorySegment sources,
            RowGroups groups,
            List<GroupedProduct> products,
            TaskThreads threads) {
        int columns = products.getFirst().inputs();
        long rowBytes = (long) columns * Float.BYTES;
        MemorySegment inputs = Arena.ofAuto().allocate(groups.rows() * rowBytes, 64);
        for (int row = 0; row < groups.rows(); row++) {
            int source = sources == null ? row : sources.get(JAVA_INT_UNALIGNED, 4L * row);
            MemorySegment.copy(x, source * rowBytes, inputs, row * rowBytes, rowBytes);
        }
        for (int group = 0; group < groups.groups(); group++) {
            if (groups.count(group) == 0) {
                continue;
            }
            MemorySegment own = inputs.asSlice(groups.first(group) * rowBytes, groups.count(group) * rowBytes);
            VectorProducts input = new VectorProducts(own, groups.count(group), columns);
            for (GroupedProduct product : products) {
                int member = groups.member(group);
                MemorySegment out = product.out().asSlice((long) groups.first(group) * product.outputs() * Float.BYTES);
                input.multiply(new Product(product.weights().get(member), product.bias(member), out), threads);
            }
        }
    }

    public void multiply(Product product, TaskThreads threads) {
        switch (product.weights()) {
            case DensePanels dense -> threads.run(dense.panelCount(), panel -> panel(product, dense, panel));
            case Fp8Panels fp8 -> {
                float[] numbers = Fp8VectorProducts.numbers();
                threads.run(fp8.panelCount(), panel -> panel(product, fp8, panel, numbers));
            }
            case BlockPanels blocks -> quantized.multiply(blocks, product, threads);
            case ChannelPanels channels -> quantized.multiply(channels, product, threads);
        }
    }

    private void panel(Product product, DensePanels weights, int panel) {
        long bytes = weights.panels().byteSize() / weights.panelCount();
        MemorySegment memory = weights.panels().asSlice(panel * bytes, bytes);
        boolean pairs = weights.type() == FloatType.BF16;
        MemorySegment lanes = weights.type() == FloatType.F16 ? widened(memory) : memory;
        float[] sums = new float[2 * WeightMatrix.PANEL_ROWS];
        for (int part = 0; part < WeightMatrix.PANEL_ROWS; part += LANES) {
            int token = 0;
            for (; token + 2 <= tokens; token += 2) {
                if (pairs) {
                    pairsTwo(lanes, part, token, sums);
                } else {
                    floatsTwo(lanes, part, token, sums);
                }
                store(product, panel, part, token, sums, 0);
                store(product, panel, part, token + 1, sums, LANES);
            }
            if (token < tokens) {
                one(lanes, part, token, sums, pairs);
                store(product, panel, part, token, sums, 0);
            }
        }
    }

    private void panel(Product product, Fp8Panels weights, int panel, float[] numbers) {
        Fp8VectorProducts wide = new Fp8VectorProducts(weights, panel, numbers);
        float[] sums = new float[LANES];
        for (int token = 0; token < tokens; token++) {
            for (int part = 0; part < WeightMatrix.PANEL_ROWS; part += LANES) {
                wide.sums(x, token * columns, part).intoArray(sums, 0);
                store(product, panel, part, token, sums, 0);
            }
        }
    }

    private void floatsTwo(MemorySegment lanes, int part, int token, float[] sums) {
        FloatVector first = FloatVector.zero(FLOATS);
        FloatVector second = first;
        int a = token * columns;
        int b = a + columns;
        for (int k = 0; k < columns; k++) {
            FloatVector weight = LaneLoader.floats(lanes, 4L * (k * WeightMatrix.PANEL_ROWS + part));
            first = weight.fma(FloatVector.broadcast(FLOATS, x[a + k]), first);
            second = weight.fma(FloatVector.broadcast(FLOATS, x[b + k]), second);
        }
        first.intoArray(sums, 0);
        second.intoArray(sums, LANES);
    }

    private void pairsTwo(MemorySegment lanes, int part, int token, float[] sums) {
        FloatVector first = FloatVector.zero(FLOATS);
        FloatVector second = first;
        int a = token * columns;
        int b = a + columns;
        for (int k = 0; k < columns; k++) {
            FloatVector weight = pairWeight(lanes, part, k);
            first = weight.fma(FloatVector.broadcast(FLOATS, x[a + k]), first);
            second = weight.fma(FloatVector.broadcast(FLOATS, x[b + k]), second);
        }
        first.intoArray(sums, 0);
        second.intoArray(sums, LANES);
    }

    private void one(MemorySegment lanes, int part, int token, float[] sums, boolean pairs) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int k = 0; k < columns; k++) {
            FloatVector weight = pairs
                    ? pairWeight(lanes, part, k)
                    : LaneLoader.floats(lanes, 4L * (k * WeightMatrix.PANEL_ROWS + part));
            sum = weight.fma(FloatVector.broadcast(FLOATS, x[token * columns + k]), sum);
        }
        sum.intoArray(sums, 0);
    }

    private static FloatVector pairWeight(MemorySegment lanes, int part, int k) {
        long offset = 4L * ((k >> 1) * WeightMatrix.PANEL_ROWS + part);
        return (k & 1) == 0 ? LaneLoader.even(lanes, offset) : LaneLoader.odd(lanes, offset);
    }

    /** A panel of f16 as fp32: the Vector API has no conversion. */
    private static MemorySegment widened(MemorySegment panel) {
        long count = panel.byteSize() / 2;
        float[] floats = new float[(int) count];
        for (int i = 0; i < count; i++) {
            floats[i] = FloatType.F16.load(panel, i);
        }
        return MemorySegment.ofArray(floats);
    }

    private void store(Product product, int panel, int part, int token, float[] sums, int from) {
        int rows = product.weights().rows();
        int first = panel * WeightMatrix.PANEL_ROWS + part;
        for (int lane = 0; lane < LANES && first + lane < rows; lane++) {
            float sum = sums[from + lane];
            if (product.bias() != null) {
                sum += product.bias().get(JAVA_FLOAT_UNALIGNED, 4L * (first + lane));
            }
            product.out().set(JAVA_FLOAT_UNALIGNED, 4L * ((long) token * product.stride() + first + lane), sum);
        }
    }
}
