package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.sampling.LogitSummary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written for a token has the same bits alone and in company, whatever the chunks, blocks and threads. */
class BatchInvarianceTest {
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void aTokensProductIsTheSameAloneAndInEveryBatch(Kernels kernels) {
        int n = 150;
        try (kernels;
                KernelCase data = new KernelCase(1)) {
            for (int k : new int[] {64, 99}) {
                for (FloatType type : FloatType.values()) {
                    WeightMatrix weights = DensePanels.pack(data.table(type, n, k, data::normal), type, data.arena);
                    MemorySegment x = data.floats(70L * k, data::normal);
                    MemorySegment alone = data.poisoned(70L * n);
                    for (int token = 0; token < 70; token++) {
                        MemorySegment out = alone.asSlice(4L * token * n);
                        kernels.matmul(x.asSlice(4L * token * k), 1, List.of(Product.of(weights, out)));
                    }
                    for (int tokens : new int[] {2, 3, 7, 12, 13, 16, 17, 31, 32, 33, 70}) {
                        MemorySegment together = data.poisoned((long) tokens * n);
                        kernels.matmul(x, tokens, List.of(Product.of(weights, together)));
                        Comparison.sameBits(
                                together, alone.asSlice(0, 4L * tokens * n), type + " among " + tokens + ", k=" + k);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void attentionIsTheSameInEveryChunking(Kernels kernels) {
        try (kernels) {
            for (KvType type : KvType.values()) {
                for (int[] heads : new int[][] {{64, 8, 1}, {128, 2, 2}, {34, 3, 1}}) {
                    KvFormat format = new KvFormat(type, 16, heads[2], heads[0], heads[0]);
                    MemorySegment whole = attend(kernels, format, heads[1], 0, 300);
                    for (int chunk : new int[] {1, 7, 64, 131}) {
                        MemorySegment chunked = attend(kernels, format, heads[1], 0, chunk);
                        Comparison.sameBits(chunked, whole, "%s in chunks of %d".formatted(type, chunk));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void attentionIsTheSameWithEveryBlockSizeAndWithReleasedBlocks(Kernels kernels) {
        try (kernels) {
            for (KvType type : KvType.values()) {
                for (int window : new int[] {0, 40}) {
                    MemorySegment expected = attend(kernels, new KvFormat(type, 16, 1, 64, 64), 4, window, 300);
                    for (int blockTokens : new int[] {32, 64, 128}) {
                        KvFormat format = new KvFormat(type, blockTokens, 1, 64, 64);
                        MemorySegment actual = attend(kernels, format, 4, window, 13);
                        Comparison.sameBits(actual, expected, "%s, blocks of %d".formatted(type, blockTokens));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSequencesAttentionDoesNotDependOnItsNeighbours(Kernels kernels) {
        AttentionShape shape = new AttentionShape(4, 0.125f, 0);
        try (kernels) {
            for (KvType type : List.of(KvType.F16, KvType.BF16, KvType.INT8)) {
                KvFormat format = new KvFormat(type, 16, 2, 64, 64);
                try (AttentionCase alone = new AttentionCase(5, format, shape, 140);
                        AttentionCase crowd = new AttentionCase(6, format, shape, 140, 1, 77, 200)) {
                    MemorySegment first = run(alone, kernels, 50);
                    MemorySegment among = run(crowd, kernels, 50);
                    Comparison.sameBits(among.asSlice(0, first.byteSize()), first, type + " among four");
                }
            }
        }
    }

    @Test
    void threadsDoNotShow() {
        for (Arithmetic arithmetic : Arithmetic.values()) {
            List<byte[]> alone = results(arithmetic, 1);
            for (int threads : new int[] {2, 5}) {
                List<byte[]> shared = results(arithmetic, threads);
                for (int i = 0; i < alone.size(); i++) {
                    MemorySegment expected = MemorySegment.ofArray(alone.get(i));
                    Comparison.sameBits(MemorySegment.ofArray(shared.get(i)), expected, arithmetic + ", " + threads);
                }
            }
        }
    }

    private static List<byte[]> results(Arithmetic arithmetic, int threads) {
        return KernelsUnderTest.withThreads(arithmetic, threads).stream()
                .flatMap(BatchInvarianceTest::everything)
                .toList();
    }

    private static Stream<byte[]> everything(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(2)) {
            int tokens = 45;
            int n = 333;
            WeightMatrix weights =
                    DensePanels.pack(data.table(FloatType.BF16, n, 128, data::normal), FloatType.BF16, data.arena);
            MemorySegment x = data.floats(tokens * 128L, data::normal);
            MemorySegment out = data.poisoned((long) tokens * n);
            kernels.matmul(x, tokens, List.of(Product.of(weights, out)));
            MemorySegment normed = data.poisoned((long) tokens * n);
            kernels.rmsNorm(out, data.floats(n, data::normal), 1e-5f, tokens, n, normed);
            MemorySegment logits = data.floats(20_000, data::normal);
            LogitSummary summary = LogitSummary.allocate(20_000, data.arena);
            kernels.summarize(logits, 20_000, null, 0.7f, true, summary);
            MemorySegment attended = attend(kernels, new KvFormat(KvType.BF16, 16, 2, 64, 64), 8, 0, 300);
            MemorySegment coded = attend(kernels, new KvFormat(KvType.INT8, 16, 2, 64, 64), 8, 0, 300);
            return Stream.of(out, normed, summary.logSumExp(), summary.mass(), summary.chunks(), attended, coded)
                    .map(segment -> segment.toArray(ValueLayout.JAVA_BYTE))
                    .toList()
                    .stream();
        }
    }

    private static MemorySegment attend(Kernels kernels, KvFormat format, int heads, int window, int chunk) {
        try (KernelCase data = new KernelCase(21);
                AttentionCase at = new AttentionCase(5, format, shape(heads, window, data), 300, 20)) {
            return MemorySegment.ofArray(run(at, kernels, chunk).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** With a window also a soft cap and sinks. */
    private static AttentionShape shape(int heads, int window, KernelCase data) {
        return window == 0
                ? new AttentionShape(heads, 0.125f, 0)
                : new AttentionShape(heads, 0.125f, 2, window, data.floats(heads, data::normal));
    }

    /** The first sequence's inputs are the same whatever other sequences there are. */
    private static MemorySegment run(AttentionCase at, Kernels kernels, int chunk) {
        KvFormat format = at.layer.format();
        return at.attend(
                kernels,
                inputs(at, 11, at.shape.heads(), format.keyDim()),
                inputs(at, 12, format.heads(), format.keyDim()),
                inputs(at, 13, format.heads(), format.valueDim()),
                chunk);
    }

    private static MemorySegment inputs(AttentionCase at, long seed, int heads, int dim) {
        try (KernelCase source = new KernelCase(seed)) {
            return at.inputs(heads, dim, source::normal);
        }
    }
}
