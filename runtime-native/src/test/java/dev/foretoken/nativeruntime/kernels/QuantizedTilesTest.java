package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized products in every tile height, panel count and number of threads: the oracle's bits, whatever else is in the call. */
class QuantizedTilesTest {
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    private static final int MOST_TOKENS = 40;
    private static final List<BlockFormat> FORMATS = List.of(
            BlockFormat.Q8_0,
            BlockFormat.Q4_0,
            BlockFormat.grouped4(128),
            new BlockFormat(8, 16, FloatType.F32, true, CodeBook.LINEAR),
            new BlockFormat(4, 64, FloatType.BF16, false, CodeBook.IQ4NL),
            new BlockFormat(4, 32, FloatType.F32, true, CodeBook.MXFP4));

    private final Kernels oracle = new ScalarKernels();

    @ParameterizedTest
    @MethodSource(ALL)
    void everyTileGivesTheOraclesBits(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(21)) {
            for (WeightMatrix weights : matrices(data, 53)) {
                MemorySegment x = data.floats((long) MOST_TOKENS * weights.columns(), data::normal);
                MemorySegment expected = multiply(oracle, data, x, MOST_TOKENS, weights);
                for (int tokens = 1; tokens <= MOST_TOKENS; tokens++) {
                    MemorySegment actual = multiply(kernels, data, x, tokens, weights);
                    String what = "%s %s, %d tokens"
                            .formatted(kernels.path(), weights.getClass().getSimpleName(), tokens);
                    Comparison.sameBits(actual, expected.asSlice(0, actual.byteSize()), what);
                }
            }
        }
    }

    /** Enough columns for partial sums to be put aside, enough tokens for several groups of tiles. */
    @ParameterizedTest
    @MethodSource(ALL)
    void longRowsAndManyTokensGiveTheSameBitsAsOneTokenAlone(Kernels kernels) {
        int columns = 2304;
        int tokens = 270;
        try (kernels;
                KernelCase data = new KernelCase(22)) {
            for (WeightMatrix weights :
                    List.of(blocks(data, BlockFormat.Q4_0, 17, columns), channels(data, 17, columns))) {
                MemorySegment x = data.floats((long) tokens * columns, data::normal);
                MemorySegment together = multiply(kernels, data, x, tokens, weights);
                for (int token = 0; token < tokens; token += 67) {
                    MemorySegment row = x.asSlice(4L * token * columns, 4L * columns);
                    MemorySegment alone = multiply(oracle, data, row, 1, weights);
                    Comparison.sameBits(
                            together.asSlice(4L * token * 17, 4L * 17), alone, kernels.path() + " token " + token);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void quantizedAndDenseProductsShareOneInput(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(23)) {
            int columns = 128;
            for (int tokens : new int[] {1, 7, 33}) {
                MemorySegment x = data.floats((long) tokens * columns, data::smallInteger);
                List<Product> products = new ArrayList<>();
                List<Product> expected = new ArrayList<>();
                for (WeightMatrix weights : mixed(data, columns)) {
                    MemorySegment bias = data.floats(weights.rows(), data::smallInteger);
                    products.add(new Product(weights, bias, data.poisoned((long) tokens * weights.rows())));
                    expected.add(new Product(weights, bias, data.poisoned((long) tokens * weights.rows())));
                }
                kernels.matmul(x, tokens, products);
                oracle.matmul(x, tokens, expected);
                for (int i = 0; i < products.size(); i++) {
                    Comparison.sameBits(products.get(i).out(), expected.get(i).out(), kernels.path() + " product " + i);
                }
            }
        }
    }

    private static List<WeightMatrix> mixed(KernelCase data, int columns) {
        return List.of(
                blocks(data, BlockFormat.Q8_0, 50, columns),
                DensePanels.pack(
                        data.table(FloatType.BF16, 35, columns, data::smallInteger), FloatType.BF16, data.arena),
                channels(data, 70, columns),
                blocks(data, BlockFormat.Q4_0, 16, columns),
                DensePanels.pack(
                        data.table(FloatType.F32, 20, columns, data::smallInteger), FloatType.F32, data.arena));
    }

    @Test
    void threadsDoNotShow() {
        for (int tokens : new int[] {3, 45}) {
            List<byte[]> alone = results(1, tokens);
            for (int threads : new int[] {2, 5}) {
                List<byte[]> shared = results(threads, tokens);
                for (int i = 0; i < alone.size(); i++) {
                    MemorySegment expected = MemorySegment.ofArray(alone.get(i));
                    Comparison.sameBits(MemorySegment.ofArray(shared.get(i)), expected, threads + " threads");
                }
            }
        }
    }

    private List<byte[]> results(int threads, int tokens) {
        List<byte[]> results = new ArrayList<>();
        for (Kernels kernels : KernelsUnderTest.withThreads(Arithmetic.EXACT, threads)) {
            try (kernels;
                    KernelCase data = new KernelCase(24)) {
                for (WeightMatrix weights : matrices(data, 333)) {
                    MemorySegment x = data.floats((long) tokens * weights.columns(), data::normal);
                    results.add(multiply(kernels, data, x, tokens, weights).toArray(ValueLayout.JAVA_BYTE));
                }
            }
        }
        return results;
    }

    private static List<WeightMatrix> matrices(KernelCase data, int rows) {
        List<WeightMatrix> matrices = new ArrayList<>();
        for (BlockFormat format : FORMATS) {
            matrices.add(blocks(data, format, rows, 3 * format.block()));
        }
        matrices.add(channels(data, rows, 99));
        return matrices;
    }

    private static WeightMatrix blocks(KernelCase data, BlockFormat format, int rows, int columns) {
        return BlockPanels.pack(new Blocks(format, rows, columns, data.random.nextLong()), data.arena);
    }

    private static WeightMatrix channels(KernelCase data, int rows, int columns) {
        return ChannelPanels.pack(new Channels(rows, columns, data.random.nextLong()), data.arena);
    }

    /** Random codes, extremes included; a row depends on its number only, since rows are read in any order. */
    private record Blocks(BlockFormat format, int rows, int columns, long seed) implements CodedRows {
        @Override
        public void read(int row, byte[] codes, float[] scales, float[] minimums) {
            SplittableRandom random = new SplittableRandom(seed + row);
            for (int k = 0; k < columns; k++) {
                codes[k] = (byte) (format.bits() == 8 ? random.nextInt(256) : random.nextInt(16));
            }
            for (int b = 0; b < scales.length; b++) {
                scales[b] = random.nextFloat(-1, 1);
                minimums[b] = random.nextFloat(-1, 1);
            }
        }
    }

    private record Channels(int rows, int columns, long seed) implements ChannelRows {
        @Override
        public float read(int row, byte[] codes) {
            SplittableRandom random = new SplittableRandom(seed + row);
            for (int k = 0; k < columns; k++) {
                codes[k] = (byte) random.nextInt(256);
            }
            return random.nextFloat(-1, 1);
        }
    }

    private static MemorySegment multiply(
            Kernels kernels, KernelCase data, MemorySegment x, int tokens, WeightMatrix weights) {
        MemorySegment out = data.poisoned((long) tokens * weights.rows());
        kernels.matmul(x, tokens, List.of(Product.of(weights, out)));
        return out;
    }
}
