package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarLowRank;
import dev.foretoken.nativeruntime.kernels.vector.TaskThreads;
import dev.foretoken.nativeruntime.kernels.vector.VectorAttention;
import dev.foretoken.nativeruntime.kernels.vector.VectorProducts;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.sampling.LogitSummary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exact kernels without C: products, attention and Mamba's scan in the Vector API on a few threads, the rest as the oracle does it. */
public final class VectorKernels implements Kernels {
    private static final String MODULE = "jdk.incubator.vector";

    private final ScalarKernels scalar = new ScalarKernels();
    private final TaskThreads threads;
    private final RecurrentKernels recurrent;

    private VectorKernels(TaskThreads threads) {
        this.threads = threads;
        this.recurrent = new VectorRecurrentKernels(threads);
    }

    /** Missing when the JVM was started without the Vector API's module. */
    static KernelAvailability open(KernelOptions options) {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return new KernelAvailability.Missing("the JVM was started without --add-modules " + MODULE);
        }
        TaskThreads threads = new TaskThreads(
                options.threads(),
                Thread.ofPlatform().daemon().name("foretoken-vector-", 0).factory());
        return new KernelAvailability.Present(new VectorKernels(threads));
    }

    @Override
    public String path() {
        return "vector-exact-1";
    }

    @Override
    public int threads() {
        return threads.threads();
    }

    @Override
    public WeightMatrix pack(RowTable source, FloatType type, Arena arena) {
        return scalar.pack(source, type, arena);
    }

    @Override
    public void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
        scalar.gather(table, ids, tokens, out);
    }

    @Override
    public void matmul(MemorySegment x, int tokens, List<Product> products) {
        Arguments.matmul(x, tokens, products);
        VectorProducts input =
                new VectorProducts(x, tokens, products.getFirst().weights().columns());
        for (Product product : products) {
            input.multiply(product, threads);
        }
    }

    @Override
    public void matmulGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, List<GroupedProduct> products) {
        Arguments.matmulGroups(x, sources, groups, products);
        VectorProducts.multiplyGroups(x, sources, groups, products, threads);
    }

    @Override
    public void addLowRank(MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low) {
        Arguments.addLowRank(x, groups, products, low);
        ScalarLowRank.add(x, groups, products, low, (row, down) -> matmul(row, 1, List.of(down)));
    }

    @Override
    public void combine(
            MemorySegment x,
            MemorySegment rows,
            MemorySegment weights,
            int tokens,
            int terms,
            int width,
            MemorySegment out) {
        scalar.combine(x, rows, weights, tokens, terms, width, out);
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, int rows, int width, MemorySegment out) {
        scalar.rmsNorm(x, weight, epsilon, rows, width, out);
    }

    @Override
    public void rotary(
            MemorySegment x, RotaryTable table, MemorySegment positions, int tokens, int heads, int headDim) {
        scalar.rotary(x, table, positions, tokens, heads, headDim);
    }

    @Override
    public void add(MemorySegment a, MemorySegment b, long count, MemorySegment out) {
        scalar.add(a, b, count, out);
    }

    @Override
    public void layerNorm(
            MemorySegment x,
            MemorySegment weight,
            @Nullable MemorySegment bias,
            float epsilon,
            int rows,
            int width,
            MemorySegment out) {
        scalar.layerNorm(x, weight, bias, epsilon, rows, width, out);
    }

    @Override
    public void addScaled(MemorySegment a, MemorySegment b, float scale, long count, MemorySegment out) {
        scalar.addScaled(a, b, scale, count, out);
    }

    @Override
    public void activate(
            Activation function, MemorySegment x, @Nullable MemorySegment factor, long count, MemorySegment out) {
        scalar.activate(function, x, factor, count, out);
    }

    @Override
    public void rescale(MemorySegment x, float scale, float softCap, long count, MemorySegment out) {
        scalar.rescale(x, scale, softCap, count, out);
    }

    @Override
    public void writeKv(KvLayer layer, RaggedBatch batch, @Nullable MemorySegment k, @Nullable MemorySegment v) {
        scalar.writeKv(layer, batch, k, v);
    }

    @Override
    public void attention(KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out) {
        switch (layer.format().type()) {
            case F32, BF16, INT8 -> {
                Arguments.attention(layer, batch, shape, q, out);
                new VectorAttention(layer, batch, shape, q, out).run(threads);
            }
            case F16 -> scalar.attention(layer, batch, shape, q, out);
        }
    }

    @Override
    public void summarize(
            MemorySegment logits,
            int vocabulary,
            @Nullable MemorySegment mask,
            float inverseTemperature,
            boolean normalise,
            LogitSummary out) {
        scalar.summarize(logits, vocabulary, mask, inverseTemperature, normalise, out);
    }

    @Override
    public void topK(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            int k,
            MemorySegment ids,
            MemorySegment values) {
        scalar.topK(logits, vocabulary, summary, k, ids, values);
    }

    @Override
    public int sample(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            float inverseTemperature,
            float floor,
            float uniform) {
        return scalar.sample(logits, vocabulary, summary, inverseTemperature, floor, uniform);
    }

    @Override
    public RecurrentKernels recurrent() {
        return recurrent;
    }

    @Override
    public void close() {
        threads.close();
    }
}
