package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.NativeCodes.code;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.nativeruntime.kernels.ffi.ArgumentBlock;
import dev.foretoken.nativeruntime.kernels.ffi.Isa;
import dev.foretoken.nativeruntime.kernels.ffi.LibraryFile;
import dev.foretoken.nativeruntime.kernels.ffi.NativeContext;
import dev.foretoken.nativeruntime.kernels.ffi.NativeFunction;
import dev.foretoken.nativeruntime.kernels.ffi.NativeLibrary;
import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import dev.foretoken.sampling.LogitSummary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Kernels in C for one instruction set, with their own worker threads. Argument blocks are the structs of {@code foretoken.h}, field by
 * field. Memory handed in must stay open and reachable during the call.
 */
public final class NativeKernels implements Kernels {
    private final NativeContext context;
    private final Isa isa;
    private final KernelOptions options;
    private final RecurrentKernels recurrent;
    private final NativeProducts products;
    private final NativeLowRank lowRank;
    private final FactorKernels factors;
    private final NativeKvMaps kvMaps;

    private NativeKernels(NativeContext context, Isa isa, KernelOptions options) {
        this.context = context;
        this.isa = isa;
        this.options = options;
        this.recurrent = new NativeRecurrentKernels(context);
        this.products = new NativeProducts(context, fast());
        this.lowRank = new NativeLowRank(context, fast());
        this.factors = new NativeFactorKernels(context);
        this.kvMaps = new NativeKvMaps(context, fast());
    }

    /** Loads the library and starts the workers. */
    static KernelAvailability open(KernelOptions options) {
        return switch (LibraryFile.load(options.nativeDirectory(), LibraryFile.userCache())) {
            case LibraryFile.Result.Missing(String reason) -> new KernelAvailability.Missing(reason);
            case LibraryFile.Result.Loaded(NativeLibrary library) -> open(library, options);
        };
    }

    private static KernelAvailability open(NativeLibrary library, KernelOptions options) {
        Isa best = null;
        for (Isa isa : Isa.values()) {
            if (library.supports(isa) && (options.maxIsa() == null || isa.compareTo(options.maxIsa()) <= 0)) {
                best = isa;
            }
        }
        if (best == null) {
            return new KernelAvailability.Missing("this CPU has no AVX2 with FMA and F16C");
        }
        Isa isa = best;
        return library.open(isa, options.threads(), options.cpus())
                .<KernelAvailability>map(
                        context -> new KernelAvailability.Present(new NativeKernels(context, isa, options)))
                .orElseGet(() -> new KernelAvailability.Missing("%d worker threads cannot be started on CPUs %s"
                        .formatted(options.threads() - 1, options.cpus())));
    }

    @Override
    public String path() {
        boolean rounds = isa.compareTo(Isa.AVX512BF16) >= 0 && fast() == 1;
        Isa arithmetic = isa == Isa.AVX512BF16 && !rounds ? Isa.AVX512VNNI : isa;
        return "native-%s-%s-6".formatted(arithmetic.name().toLowerCase(Locale.ROOT), rounds ? "bf16dot" : "exact");
    }

    @Override
    public int threads() {
        return options.threads();
    }

    @Override
    public CpuList cpus() {
        return options.cpus();
    }

    @Override
    public void enter() {
        context.enter();
    }

    @Override
    public void leave() {
        context.leave();
    }

    @Override
    public MemorySegment allocate(long bytes, Arena arena) {
        return bytes < HUGE_PAGE ? Kernels.super.allocate(bytes, arena) : context.map(bytes, arena);
    }

    private int fast() {
        return options.arithmetic() == Arithmetic.FAST ? 1 : 0;
    }

    @Override
    public WeightMatrix pack(RowTable source, FloatType type, Arena arena) {
        return products.pack(source, type, bytes -> allocate(bytes, arena));
    }

    @Override
    public void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
        products.gather(table, ids, tokens, out);
    }

    @Override
    public void matmul(MemorySegment x, int tokens, List<Product> together) {
        products.matmul(x, tokens, together);
    }

    @Override
    public void matmulGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, List<GroupedProduct> together) {
        products.matmulGroups(x, sources, groups, together);
    }

    @Override
    public void addLowRank(MemorySegment x, RowGroups groups, List<LowRankProduct> together, MemorySegment low) {
        lowRank.add(x, groups, together, low);
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
        products.combine(x, rows, weights, tokens, terms, width, out);
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, int rows, int width, MemorySegment out) {
        Arguments.rmsNorm(x, weight, rows, width, out);
        context.block()
                .pointer(x)
                .pointer(weight)
                .real(epsilon)
                .number(rows)
                .number(width)
                .pointer(out);
        context.call(NativeFunction.RMS_NORM);
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
        context.block()
                .pointer(x)
                .pointer(weight)
                .pointer(bias)
                .real(epsilon)
                .number(rows)
                .number(width)
                .pointer(out);
        context.call(NativeFunction.LAYER_NORM);
    }

    @Override
    public void rotary(
            MemorySegment x, RotaryTable table, MemorySegment positions, int tokens, int heads, int headDim) {
        Arguments.rotary(x, table, positions, tokens, heads, headDim);
        context.block()
                .pointer(x)
                .pointer(table.cosine())
                .pointer(table.sine())
                .number(table.half())
                .pointer(positions)
                .number(tokens)
                .number(heads)
                .number(headDim)
                .number(table.pairing() == RotaryPairing.NEIGHBOURS ? 1 : 0);
        context.call(NativeFunction.ROTARY);
    }

    @Override
    public void add(MemorySegment a, MemorySegment b, long count, MemorySegment out) {
        Arguments.elementwise(a, b, count, out);
        context.block().pointer(a).pointer(b).number(count).pointer(out);
        context.call(NativeFunction.ADD);
    }

    @Override
    public void addScaled(MemorySegment a, MemorySegment b, float scale, long count, MemorySegment out) {
        Arguments.elementwise(a, b, count, out);
        context.block().pointer(a).pointer(b).real(scale).number(count).pointer(out);
        context.call(NativeFunction.ADD_SCALED);
    }

    @Override
    public void activate(
            Activation function, MemorySegment x, @Nullable MemorySegment factor, long count, MemorySegment out) {
        Arguments.elementwise(x, factor == null ? x : factor, count, out);
        context.block()
                .pointer(x)
                .pointer(factor)
                .number(code(function))
                .number(count)
                .pointer(out);
        context.call(NativeFunction.ACTIVATE);
    }

    @Override
    public void rescale(MemorySegment x, float scale, float softCap, long count, MemorySegment out) {
        Arguments.elementwise(x, x, count, out);
        context.block().pointer(x).real(scale).real(softCap).number(count).pointer(out);
        context.call(NativeFunction.RESCALE);
    }

    @Override
    public void writeKv(KvLayer layer, RaggedBatch batch, @Nullable MemorySegment k, @Nullable MemorySegment v) {
        Arguments.writeKv(layer, batch, k, v);
        paged(layer, batch).pointer(k).pointer(v);
        context.call(NativeFunction.WRITE_KV);
    }

    @Override
    public void mapKv(MemorySegment keys, MemorySegment values, int tokens, List<KvMap> together) {
        if (kvMaps.takes(together)) {
            kvMaps.map(keys, values, tokens, together);
        } else {
            Kernels.super.mapKv(keys, values, tokens, together);
        }
    }

    @Override
    public void attention(KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out) {
        Arguments.attention(layer, batch, shape, q, out);
        paged(layer, batch)
                .pointer(q)
                .pointer(out)
                .number(shape.heads())
                .real(shape.scale())
                .number(shape.window())
                .number(fast())
                .real(shape.softCap())
                .pointer(shape.sinks());
        context.call(NativeFunction.ATTENTION);
    }

    private ArgumentBlock paged(KvLayer layer, RaggedBatch batch) {
        return NativeKvMaps.paged(context.block(), layer, batch);
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
        row(logits, vocabulary, out).pointer(mask).real(inverseTemperature).number(normalise ? 1 : 0);
        context.call(NativeFunction.SUMMARIZE);
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
        row(logits, vocabulary, summary).number(k).pointer(ids).pointer(values);
        context.call(NativeFunction.TOP_K);
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
        ArgumentBlock block = row(logits, vocabulary, summary)
                .real(inverseTemperature)
                .real(floor)
                .real(uniform)
                .number(-1);
        context.call(NativeFunction.SAMPLE);
        return Math.toIntExact(block.last());
    }

    @Override
    public RecurrentKernels recurrent() {
        return recurrent;
    }

    @Override
    public FactorKernels factors() {
        return factors;
    }

    /** {@code ft_logits}. */
    private ArgumentBlock row(MemorySegment logits, int vocabulary, LogitSummary summary) {
        return context.block()
                .pointer(logits)
                .number(vocabulary)
                .pointer(summary.argmax())
                .pointer(summary.max())
                .pointer(summary.logSumExp())
                .pointer(summary.mass())
                .pointer(summary.blockMaxima())
                .pointer(summary.chunks());
    }

    @Override
    public void close() {
        context.close();
    }
}
