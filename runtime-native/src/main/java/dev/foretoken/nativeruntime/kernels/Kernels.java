package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.sampling.LogitPasses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic a model needs. Every method reads its inputs, writes its outputs and keeps no state; activations are fp32 in off-heap
 * memory at any multiple of 4 bytes; shapes are row-major. Each takes the tokens of a whole step.
 *
 * <p>Batch invariance: what is written for one token depends on that token's own inputs (and, in attention, on its row's cache) only - not
 * on how many tokens share the call, on thread count, block size or neighbours. Work is split over outputs, never over a reduction.
 *
 * <p>Memory must be open to other threads (no confined arena) and stay open and reachable during a call: workers read it too.
 *
 * <p>Arguments that would reach past a segment are refused with {@link IllegalArgumentException} before anything is written. Not
 * thread-safe: one caller at a time.
 */
public sealed interface Kernels extends LogitPasses, AutoCloseable permits ScalarKernels, VectorKernels, NativeKernels {
    /** Bytes. */
    long HUGE_PAGE = 2L << 20;

    /** Bytes. */
    long CACHE_LINE = 64;

    /** Names implementation, instruction set, arithmetic and kernel version; part of the numericsId. Example: {@code native-avx512bf16-fast-1}. */
    String path();

    /** Threads that compute, the caller's included. */
    int threads();

    /** CPUs that its threads are bound to. */
    default CpuList cpus() {
        return CpuList.ANY;
    }

    /** Around the calls of one step, on one thread: it computes, so it is bound to the first of {@link #cpus}, until {@link #leave}. */
    default void enter() {}

    default void leave() {}

    /**
     * Memory for weights, caches and work buffers: zeroed, at the start of a cache line, on huge pages where it fills some and the kernels can
     * ask for them.
     */
    default MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(bytes, CACHE_LINE);
    }

    /** Packs a checkpoint's matrix for {@link #matmul}; {@code type}: how it is kept; narrowing rounds to nearest even. */
    WeightMatrix pack(RowTable source, FloatType type, Arena arena);

    /** Packs a matrix that is quantized already. */
    default WeightMatrix pack(CodedRows source, Arena arena) {
        return BlockPanels.pack(source, (bytes, alignment) -> allocate(bytes, arena));
    }

    /** Packs an int8 matrix with one scale per row. */
    default WeightMatrix pack(ChannelRows source, Arena arena) {
        return ChannelPanels.pack(source, (bytes, alignment) -> allocate(bytes, arena));
    }

    /** Packs an FP8 matrix; its bytes are kept. */
    default WeightMatrix pack(E4m3Rows source, Arena arena) {
        return Fp8Panels.pack(source, (bytes, alignment) -> allocate(bytes, arena));
    }

    /** out: fp32 [tokens, columns]; ids: int32 [tokens], each in [0, rows). */
    void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out);

    /**
     * Several products over one input, which is converted once. {@code out[t, n] = sum_k x[t, k] * w[n, k] + bias[n]}.
     *
     * @param x fp32 [tokens, k], the same k for all products
     */
    void matmul(MemorySegment x, int tokens, List<Product> products);

    /**
     * Products of groups of rows, each with matrices of its own, in one go: for row r of a group with member m, {@code out[r, n] = sum_k
     * x[sources[r], k] * weights[m][n, k] + biases[m][n]}. What a row gets is what {@link #matmul} gives for it alone.
     *
     * @param x fp32 [any, k], the same k for all products
     * @param sources int32 [rows]; null: row r is made of row r
     */
    void matmulGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, List<GroupedProduct> products);

    /**
     * Low-rank products of groups of rows, each with matrices of its own, added to what is there: for row r of a group with member m, made of
     * row s of the input, {@code out[s, n] += scale * sum_k up[n, k] * (sum_i down[k, i] * x[s, i])} of the pair that a product has for m;
     * nothing where it has none. The second sum is one chain of fused multiply-adds from zero over ascending k, added in one more. What a row
     * gets does not depend on the others.
     *
     * @param x fp32 [any, i], the same i for all products
     * @param groups every source at most once
     * @param low fp32, for the rows of all groups by the ranks of all products; overwritten
     */
    void addLowRank(MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low);

    /**
     * {@code out[t] = sum_j weights[t, j] * x[rows[t, j]]}: one chain of fused multiply-adds from zero over ascending j.
     *
     * @param x fp32 [any, width]
     * @param rows int32 [tokens, terms]
     * @param weights fp32 [tokens, terms]
     * @param out fp32 [tokens, width], must not overlap x
     */
    void combine(
            MemorySegment x,
            MemorySegment rows,
            MemorySegment weights,
            int tokens,
            int terms,
            int width,
            MemorySegment out);

    /**
     * {@code out = x / sqrt(mean(x^2) + epsilon) * weight} per row. A per-head norm passes tokens * heads rows of headDim.
     *
     * @param x fp32 [rows, width]
     * @param weight fp32 [width]
     * @param out fp32 [rows, width], may be x
     */
    void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, int rows, int width, MemorySegment out);

    /**
     * {@code out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias} per row (Ba 2016).
     *
     * @param x fp32 [rows, width]
     * @param weight fp32 [width]
     * @param bias fp32 [width]; null: none
     * @param out fp32 [rows, width], may be x
     */
    void layerNorm(
            MemorySegment x,
            MemorySegment weight,
            @Nullable MemorySegment bias,
            float epsilon,
            int rows,
            int width,
            MemorySegment out);

    /**
     * Turns every head of {@code x} in place by its token's angle.
     *
     * @param x fp32 [tokens, heads, headDim]
     * @param positions int32 [tokens], each a row of the table
     */
    void rotary(MemorySegment x, RotaryTable table, MemorySegment positions, int tokens, int heads, int headDim);

    /**
     * Copies vectors of one width: vector i of {@code to} becomes vector {@code rows[i]} of {@code from}. They must not overlap.
     *
     * @param rows int32 [count]; null: vector i becomes vector i
     */
    default void copy(TokenVectors from, @Nullable MemorySegment rows, TokenVectors to, int count) {
        Arguments.copy(from, rows, to, count);
        long bytes = (long) to.width() * Float.BYTES;
        for (int i = 0; i < count; i++) {
            long row = rows == null ? i : rows.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
            MemorySegment.copy(
                    from.data(),
                    row * from.stride() * Float.BYTES,
                    to.data(),
                    (long) i * to.stride() * Float.BYTES,
                    bytes);
        }
    }

    /** {@code out = a + b}; fp32 [count] each; out may be a or b. */
    void add(MemorySegment a, MemorySegment b, long count, MemorySegment out);

    /** {@code out = a + scale * b}, the product rounded first; fp32 [count] each; out may be a or b. */
    void addScaled(MemorySegment a, MemorySegment b, float scale, long count, MemorySegment out);

    /** {@code out = function(x) * factor}; fp32 [count] each; {@code factor} null: 1; out may be x or factor. */
    void activate(Activation function, MemorySegment x, @Nullable MemorySegment factor, long count, MemorySegment out);

    /** {@code out = gate / (1 + exp(-gate)) * up}; fp32 [count] each; out may be gate or up. */
    default void siluMul(MemorySegment gate, MemorySegment up, long count, MemorySegment out) {
        activate(Activation.SILU, gate, up, count, out);
    }

    /** {@code out = softCap * tanh(scale * x / softCap)}, or {@code scale * x} where softCap is 0; fp32 [count] each; out may be x. */
    void rescale(MemorySegment x, float scale, float softCap, long count, MemorySegment out);

    /** {@code x = min(limit, max(-limit, x))}, NaN stays; fp32 [count]. */
    default void clip(MemorySegment x, float limit, long count) {
        for (long i = 0; i < count; i++) {
            float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * Float.BYTES);
            x.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * Float.BYTES, Math.min(limit, Math.max(-limit, value)));
        }
    }

    /**
     * Stores each token's keys and values at its position in its row's blocks.
     *
     * @param k fp32 [tokens, kvHeads, keyDim], already rotated; null: keys are not written
     * @param v fp32 [tokens, kvHeads, valueDim]; null: values are not written
     */
    void writeKv(KvLayer layer, RaggedBatch batch, @Nullable MemorySegment k, @Nullable MemorySegment v);

    /**
     * Fills the caches of layers with linear maps of other keys and values: for every map both products, then {@link #rotary} of the keys, then
     * {@link #writeKv}.
     *
     * @param keys fp32 [tokens, k], the same k for all maps
     * @param values fp32 [tokens, v], the same v for all maps
     * @param maps all of one step: their batches differ in tables alone
     */
    default void mapKv(MemorySegment keys, MemorySegment values, int tokens, List<KvMap> maps) {
        Arguments.mapKv(keys, values, tokens, maps);
        matmul(keys, tokens, maps.stream().map(KvMap::keys).toList());
        matmul(values, tokens, maps.stream().map(KvMap::values).toList());
        for (KvMap map : maps) {
            KvFormat format = map.layer().format();
            MemorySegment made = map.keys().out();
            RotaryTable angles = map.angles();
            if (angles != null) {
                rotary(made, angles, map.angleRows(), tokens, format.heads(), format.keyDim());
            }
            writeKv(map.layer(), map.batch(), made, map.values().out());
        }
    }

    /**
     * Causal attention of each token over its row's cache, its own key included: call {@link #writeKv} first. Softmax runs online over tiles
     * of {@link dev.foretoken.nativeruntime.kernels.layout.KvFormat#TILE_TOKENS} tokens at absolute positions, in ascending order.
     * Positions in released blocks (-1) are skipped.
     *
     * @param q fp32 [tokens, heads, keyDim]
     * @param out fp32 [tokens, heads, valueDim]
     */
    void attention(KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out);

    /** Layers that carry a state from token to token. */
    default RecurrentKernels recurrent() {
        return new ScalarRecurrentKernels();
    }

    /** Sparse factors and norms of constant statistics. */
    default FactorKernels factors() {
        return new ScalarFactorKernels();
    }

    @Override
    void close();
}
