package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Caches that linear maps fill in one go hold the bits of their parts: products, rotation, writes. */
class KvMapsTest {
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    private static final int KEY_COLUMNS = 70;
    private static final int VALUE_COLUMNS = 33;
    private static final int POSITIONS = 260;
    private static final int TABLE = 300;
    /** Rows within, over and at the ends of pieces and of groups in the cache. */
    private static final int[] SPANS = {130, 1, 64, 17};

    private static final int[] FIRSTS = {5, 63, 64, 243};

    /** Layers of several sizes, some turned in neighbours or not at all; a type of weights and of caches. */
    private record Layers(List<KvMap> maps, MemorySegment keys, MemorySegment values, int tokens) {
        static Layers of(KernelCase data, FloatType weights, KvType cache, DoubleSupplier numbers) {
            List<KvMap> maps = new ArrayList<>();
            int tokens = java.util.Arrays.stream(SPANS).sum();
            RaggedBatch batch = data.batch(SPANS, FIRSTS, tables());
            RotaryTable halves = angles(data, RotaryPairing.HALVES, numbers);
            RotaryTable neighbours = angles(data, RotaryPairing.NEIGHBOURS, numbers);
            MemorySegment rows = data.ints(positions(tokens));
            int[][] sizes = {{2, 64, 64}, {2, 64, 64}, {1, 48, 80}, {3, 34, 18}};
            for (int i = 0; i < sizes.length; i++) {
                KvFormat format = new KvFormat(cache, 16, sizes[i][0], sizes[i][1], sizes[i][2]);
                FloatType type = i == 1 ? FloatType.F32 : weights;
                maps.add(new KvMap(
                        product(data, type, sizes[i][0] * sizes[i][1], KEY_COLUMNS, tokens, numbers),
                        product(data, type, sizes[i][0] * sizes[i][2], VALUE_COLUMNS, tokens, numbers),
                        layer(data, format),
                        batch,
                        i == 3 ? null : i == 2 ? neighbours : halves,
                        rows));
            }
            return new Layers(
                    maps,
                    data.floats((long) tokens * KEY_COLUMNS, numbers),
                    data.floats((long) tokens * VALUE_COLUMNS, numbers),
                    tokens);
        }

        private static RotaryTable angles(KernelCase data, RotaryPairing pairing, DoubleSupplier numbers) {
            MemorySegment cosine = data.floats(TABLE * 24L, numbers);
            return new RotaryTable(TABLE, 24, cosine, data.floats(TABLE * 24L, numbers), pairing);
        }

        private static Product product(
                KernelCase data, FloatType type, int rows, int columns, int tokens, DoubleSupplier numbers) {
            DensePanels panels = DensePanels.pack(data.table(FloatType.F32, rows, columns, numbers), type, data.arena);
            return new Product(panels, data.floats(rows, numbers), data.poisoned((long) tokens * rows));
        }

        private static int[][] tables() {
            int blocks = Math.ceilDiv(POSITIONS, 16);
            int[][] tables = new int[SPANS.length][blocks];
            for (int row = 0; row < tables.length; row++) {
                for (int i = 0; i < blocks; i++) {
                    tables[row][i] = (i * tables.length + row) * 7 % (blocks * tables.length);
                }
            }
            return tables;
        }

        private static int[] positions(int tokens) {
            int[] positions = new int[tokens];
            int token = 0;
            for (int row = 0; row < SPANS.length; row++) {
                for (int i = 0; i < SPANS[row]; i++) {
                    positions[token++] = FIRSTS[row] + i;
                }
            }
            return positions;
        }

        private static KvLayer layer(KernelCase data, KvFormat format) {
            int blocks = Math.ceilDiv(POSITIONS, 16) * SPANS.length;
            KvLayer layer = KvLayer.allocate(format, blocks, data.arena);
            layer.keys().fill((byte) 0x11);
            layer.values().fill((byte) 0x11);
            return layer;
        }

        /** The same maps into caches of their own. */
        List<KvMap> elsewhere(KernelCase data) {
            return maps.stream()
                    .map(map -> new KvMap(
                            map.keys(),
                            map.values(),
                            layer(data, map.layer().format()),
                            map.batch(),
                            map.angles(),
                            map.angleRows()))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyCacheHoldsTheBitsOfTheParts(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(71)) {
            for (FloatType weights : FloatType.values()) {
                for (KvType cache : KvType.values()) {
                    Layers layers = Layers.of(data, weights, cache, data::normal);
                    List<KvMap> apart = layers.elsewhere(data);
                    kernels.mapKv(layers.keys, layers.values, layers.tokens, layers.maps);
                    for (KvMap map : apart) {
                        parts(kernels, layers, map);
                    }
                    same(layers.maps, apart, weights + " into " + cache);
                }
            }
        }
    }

    private static void parts(Kernels kernels, Layers layers, KvMap map) {
        KvFormat format = map.layer().format();
        MemorySegment made = map.keys().out();
        kernels.matmul(layers.keys, layers.tokens, List.of(map.keys()));
        kernels.matmul(layers.values, layers.tokens, List.of(map.values()));
        RotaryTable angles = map.angles();
        if (angles != null) {
            kernels.rotary(made, angles, map.angleRows(), layers.tokens, format.heads(), format.keyDim());
        }
        kernels.writeKv(map.layer(), map.batch(), made, map.values().out());
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theOracleFillsTheSameCachesWhereSumsAreExact(Kernels kernels) {
        try (kernels;
                Kernels oracle = new ScalarKernels();
                KernelCase data = new KernelCase(72)) {
            Layers layers = Layers.of(data, FloatType.BF16, KvType.BF16, data::smallInteger);
            List<KvMap> expected = layers.elsewhere(data);
            oracle.mapKv(layers.keys, layers.values, layers.tokens, expected);
            kernels.mapKv(layers.keys, layers.values, layers.tokens, layers.maps);
            same(layers.maps, expected, kernels.path());
        }
    }

    private static void same(List<KvMap> actual, List<KvMap> expected, String what) {
        for (int i = 0; i < actual.size(); i++) {
            KvLayer layer = actual.get(i).layer();
            KvLayer other = expected.get(i).layer();
            Comparison.sameBits(layer.keys(), other.keys(), what + ", keys of layer " + i);
            Comparison.sameBits(layer.values(), other.values(), what + ", values of layer " + i);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aBatchOfOtherTokensIsRefused(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(73)) {
            Layers layers = Layers.of(data, FloatType.F32, KvType.F32, data::normal);
            assertThatThrownBy(() -> kernels.mapKv(layers.keys, layers.values, layers.tokens - 1, layers.maps))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
