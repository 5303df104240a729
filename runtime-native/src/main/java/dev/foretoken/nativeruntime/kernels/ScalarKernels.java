package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
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
import dev.foretoken.nativeruntime.kernels.scalar.ScalarActivations;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarAttention;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarLowRank;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarPointwise;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarProducts;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.sampling.LogitSummary;
import dev.foretoken.sampling.PlainLogitPasses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The oracle: exact arithmetic in plain loops on the caller's thread. Slow; what every other implementation is compared with. Open, so that a
 * test can watch what is called.
 */
public non-sealed class ScalarKernels implements Kernels {

    private final PlainLogitPasses passes = new PlainLogitPasses();

    @Override
    public String path() {
        return "scalar-exact-1";
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public WeightMatrix pack(RowTable source, FloatType type, Arena arena) {
        return DensePanels.pack(source, type, arena);
    }

    @Override
    public void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
        Arguments.gather(table, ids, tokens, out);
        ScalarProducts.gather(table, ids, tokens, out);
    }

    @Override
    public void matmul(MemorySegment x, int tokens, List<Product> products) {
        Arguments.matmul(x, tokens, products);
        for (Product product : products) {
            ScalarProducts.multiply(x, tokens, product);
        }
    }

    @Override
    public void matmulGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, List<GroupedProduct> products) {
        Arguments.matmulGroups(x, sources, groups, products);
        for (GroupedProduct product : products) {
            ScalarProducts.multiplyGroups(x, sources, groups, product);
        }
    }

    @Override
    public void addLowRank(MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low) {
        Arguments.addLowRank(x, groups, products, low);
        ScalarLowRank.add(x, groups, products, low, (row, down) -> ScalarProducts.multiply(row, 1, down));
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
        Arguments.combine(x, rows, weights, tokens, terms, width, out);
        ScalarProducts.combine(x, rows, weights, tokens, terms, width, out);
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, int rows, int width, MemorySegment out) {
        Arguments.rmsNorm(x, weight, rows, width, out);
        ScalarPointwise.rmsNorm(x, weight, epsilon, rows, width, out);
    }

    @Override
    public void rotary(
            MemorySegment x, RotaryTable table, MemorySegment positions, int tokens, int heads, int headDim) {
        Arguments.rotary(x, table, positions, tokens, heads, headDim);
        ScalarPointwise.rotary(x, table, positions, tokens, heads, headDim);
    }

    @Override
    public void add(MemorySegment a, MemorySegment b, long count, MemorySegment out) {
        Arguments.elementwise(a, b, count, out);
        ScalarPointwise.add(a, b, count, out);
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
        Arguments.layerNorm(x, weight, bias, rows, width, out);
        ScalarPointwise.layerNorm(x, weight, bias, epsilon, rows, width, out);
    }

    @Override
    public void addScaled(MemorySegment a, MemorySegment b, float scale, long count, MemorySegment out) {
        Arguments.elementwise(a, b, count, out);
        ScalarPointwise.addScaled(a, b, scale, count, out);
    }

    @Override
    public void activate(
            Activation function, MemorySegment x, @Nullable MemorySegment factor, long count, MemorySegment out) {
        Arguments.elementwise(x, factor == null ? x : factor, count, out);
        ScalarActivations.activate(function, x, factor, count, out);
    }

    @Override
    public void rescale(MemorySegment x, float scale, float softCap, long count, MemorySegment out) {
        Arguments.elementwise(x, x, count, out);
        ScalarPointwise.rescale(x, scale, softCap, count, out);
    }

    @Override
    public void writeKv(KvLayer layer, RaggedBatch batch, @Nullable MemorySegment k, @Nullable MemorySegment v) {
        Arguments.writeKv(layer, batch, k, v);
        ScalarAttention.writeKv(layer, batch, k, v);
    }

    @Override
    public void attention(KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out) {
        Arguments.attention(layer, batch, shape, q, out);
        ScalarAttention.attention(layer, batch, shape, q, out);
    }

    @Override
    public void summarize(
            MemorySegment logits,
            int vocabulary,
            @Nullable MemorySegment mask,
            float inverseTemperature,
            boolean normalise,
            LogitSummary out) {
        Arguments.summarize(logits, vocabulary, mask, out);
        passes.summarize(logits, vocabulary, mask, inverseTemperature, normalise, out);
    }

    @Override
    public void topK(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            int k,
            MemorySegment ids,
            MemorySegment values) {
        Arguments.topK(logits, vocabulary, summary, k, ids, values);
        passes.topK(logits, vocabulary, summary, k, ids, values);
    }

    @Override
    public int sample(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            float inverseTemperature,
            float floor,
            float uniform) {
        Arguments.sample(logits, vocabulary, summary, inverseTemperature);
        return passes.sample(logits, vocabulary, summary, inverseTemperature, floor, uniform);
    }

    @Override
    public void close() {}
}
