package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.nativeruntime.cache.KvLayout;
import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.exec.Network;
import dev.foretoken.nativeruntime.exec.TappedPass;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where base and auxiliary differ in everything, the base's cache holds what the maps make of the auxiliary's projections, computed plainly. */
final class PredictedSizesTest {

    private static final int LENGTH = 70;
    private static final double TOLERANCE = 2e-4;

    @TempDir
    private Path folder;

    /**
     * Two models.
     *
     * @param keys whether the base stores keys as they are predicted: without norm and rotation
     */
    record Pair(String base, String auxiliary, List<Integer> map, boolean keys) {}

    static Stream<Pair> pairs() {
        return Stream.of(
                new Pair("gpt2-plain", "llama-gqa-f32", List.of(0, 1), true),
                new Pair("gpt2-plain", "gemma3-mixed", List.of(2, 5), true),
                new Pair("gpt2-plain", "qwen3-window-layers", List.of(0, 0), true),
                new Pair("qwen3-window-layers", "llama-gqa-f32", List.of(0, 0, 1), false),
                new Pair("llama-gqa-f32", "gemma3-mixed", List.of(1, 4), false),
                new Pair("olmo2-bias", "gemma3-mixed", List.of(0, 3), false));
    }

    /** What a model projects, by attention and position. */
    private static final class Projected implements ActivationTap {
        private final Map<Integer, List<float[]>> keys = new HashMap<>();
        private final Map<Integer, List<float[]>> values = new HashMap<>();

        @Override
        public void projectedKeysAndValues(int attention, @Nullable Rows ownKeys, @Nullable Rows ownValues) {
            keep(keys, attention, Objects.requireNonNull(ownKeys));
            keep(values, attention, Objects.requireNonNull(ownValues));
        }

        private static void keep(Map<Integer, List<float[]>> into, int attention, Rows rows) {
            float[] all = rows.toArray();
            for (int i = 0; i < rows.count(); i++) {
                into.computeIfAbsent(attention, a -> new ArrayList<>())
                        .add(Arrays.copyOfRange(all, i * rows.width(), (i + 1) * rows.width()));
            }
        }
    }

    private static Projected projected(OpenedModel model, int[] tokens) {
        Projected seen = new Projected();
        Kernels kernels = new ScalarKernels();
        PackedWeights weights = PackedWeights.load(
                model.plan(), model.weights(), RuntimeOptions.Weights.STORED, kernels, LoadProgress.SILENT);
        try (TappedPass pass = TappedPass.open(new Network(model.plan(), weights), kernels, LENGTH, seen)) {
            pass.run(tokens);
        }
        weights.close();
        return seen;
    }

    private static float[] mapped(float[] weight, float[] bias, float[] x) {
        float[] out = new float[bias.length];
        for (int row = 0; row < out.length; row++) {
            double sum = bias[row];
            for (int i = 0; i < x.length; i++) {
                sum += (double) weight[row * x.length + i] * x[i];
            }
            out[row] = (float) sum;
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theCacheHoldsWhatTheMapsMakeOfTheAuxiliary(Pair pair) throws IOException {
        Map<String, float[]> maps = new HashMap<>();
        PredictionFolder.Filling random = PredictionFolder.random(3);
        PredictionFolder prediction = new PredictionFolder(folder)
                .separate(pair.base(), pair.auxiliary(), pair.map(), (name, rows, columns) -> {
                    maps.put(name, random.of(name, rows, columns));
                    return maps.get(name);
                });
        RuntimeOptions options = new RuntimeOptions(CacheType.F32, "auto", Precision.EXACT, LENGTH + 10);
        FakeSequence sequence = PredictionTest.sequence(LENGTH, 5);
        try (StepLoop loop = new StepLoop(prediction.open(options, 1), 8);
                OpenedModel opened = OpenedModel.file(folder)) {
            loop.predicted(sequence, 19);
            OpenedPrediction found = Objects.requireNonNull(opened.prediction());
            int[] tokens = new int[LENGTH];
            Arrays.setAll(tokens, sequence::tokenAt);
            Projected seen = projected(Objects.requireNonNull(found.own()), tokens);
            CacheRead cache = new CacheRead(loop, sequence, opened);
            for (int i = 0; i < found.plan().layers().size(); i++) {
                PredictionPlan.Layer layer = found.plan().layers().get(i);
                for (int position = cache.firstKept(layer.base()); position < LENGTH - 1; position++) {
                    requireClose(
                            cache.values(layer.base(), position),
                            mapped(
                                    maps.get("values.%d.weight".formatted(i)),
                                    maps.get("values.%d.bias".formatted(i)),
                                    seen.values.get(layer.auxiliary()).get(position)));
                    float[] keys = mapped(
                            maps.get("keys.%d.weight".formatted(i)),
                            maps.get("keys.%d.bias".formatted(i)),
                            seen.keys.get(layer.auxiliary()).get(position));
                    if (pair.keys()) {
                        requireClose(cache.keys(layer.base(), position), keys);
                    }
                }
            }
        }
    }

    private static void requireClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[i])
                    .isCloseTo(expected[i], within(TOLERANCE * Math.max(1, Math.abs(expected[i]))));
        }
    }

    /** Reads an fp32 cache, block by block. */
    private record CacheRead(StepLoop loop, FakeSequence sequence, OpenedModel model) {

        private static final int BLOCK = 32;

        private int kind(int attention) {
            return layout().kindOf().get(attention);
        }

        private KvLayout layout() {
            return KvLayout.of(model.plan(), KvType.F32);
        }

        /** Of a windowed attention, the first position whose block was not released. */
        int firstKept(int attention) {
            List<Integer> table = sequence.tables.get(kind(attention));
            int block = 0;
            while (table.get(block) < 0) {
                block++;
            }
            return block * BLOCK;
        }

        float[] keys(int attention, int position) {
            HeadLayout heads = model.plan().attentions().get(attention).layout();
            return read(attention, position, heads.kvHeads(), heads.headDim(), true);
        }

        float[] values(int attention, int position) {
            HeadLayout heads = model.plan().attentions().get(attention).layout();
            return read(attention, position, heads.kvHeads(), heads.valueDim(), false);
        }

        private float[] read(int attention, int position, int heads, int width, boolean keys) {
            byte[] block = loop.block(sequence, kind(attention), position / BLOCK);
            long at = 0;
            for (int owner : layout().ownersOf(kind(attention))) {
                KvFormat format = layout().formats().get(owner);
                if (owner == attention) {
                    return read(block, at, format, position % BLOCK, heads, width, keys);
                }
                at += format.keyBlockBytes() + format.valueBlockBytes();
            }
            throw new AssertionError("attention " + attention + " owns nothing");
        }

        private static float[] read(
                byte[] block, long at, KvFormat format, int slot, int heads, int width, boolean keys) {
            float[] found = new float[heads * width];
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = arena.allocate(format.keyBlockBytes() + format.valueBlockBytes(), 64);
                MemorySegment.copy(MemorySegment.ofArray(block), at, copy, 0, copy.byteSize());
                KvLayer layer = new KvLayer(
                        format, 1, copy.asSlice(0, format.keyBlockBytes()), copy.asSlice(format.keyBlockBytes()));
                for (int i = 0; i < found.length; i++) {
                    found[i] = keys
                            ? layer.key(0, i / width, slot, i % width)
                            : layer.value(0, i / width, slot, i % width);
                }
            }
            return found;
        }
    }
}
