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
import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.LogitSummary;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Activation;
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
    /** {@code FT_FP8}. */
    private static final int FP8 = 4;

    /** {@code enum ft_quantized_type}. */
    private static final int BLOCKS = 5;

    private static final int CHANNELS = 6;
    /** What fills the fields that only blocks have. */
    private static final BlockFormat NO_FORMAT = BlockFormat.Q8_0;

    private final NativeContext context;
    private final Isa isa;
    private final KernelOptions options;
    private final RecurrentKernels recurrent;

    private NativeKernels(NativeContext context, Isa isa, KernelOptions options) {
        this.context = context;
        this.isa = isa;
        this.options = options;
        this.recurrent = new NativeRecurrentKernels(context);
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
        DensePanels packed = DensePanels.allocate(
                type, source.rows(), source.columns(), (bytes, alignment) -> allocate(bytes, arena));
        context.block()
                .pointer(source.data())
                .number(code(source.type()))
                .pointer(packed.panels())
                .number(code(type))
                .number(source.rows())
                .number(source.columns());
        context.call(NativeFunction.PACK);
        return packed;
    }

    @Override
    public void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
        Arguments.gather(table, ids, tokens, out);
        ArgumentBlock block = context.block();
        switch (table) {
            case RowTable rows ->
                block.pointer(rows.data()).number(code(rows.type())).number(0);
            case DensePanels panels ->
                block.pointer(panels.panels()).number(code(panels.type())).number(1);
            case Fp8Panels panels -> block.pointer(panels.panels()).number(FP8).number(1);
            case BlockPanels panels ->
                block.pointer(panels.panels()).number(BLOCKS).number(1);
            case ChannelPanels panels ->
                block.pointer(panels.panels()).number(CHANNELS).number(1);
        }
        block.number(table.columns()).pointer(ids).number(tokens).pointer(out);
        if (table instanceof WeightMatrix weights) {
            quantization(block, weights);
        }
        context.call(NativeFunction.GATHER);
    }

    @Override
    public void matmul(MemorySegment x, int tokens, List<Product> products) {
        Arguments.matmul(x, tokens, products);
        ArgumentBlock block = context.block()
                .pointer(x)
                .pointer(null)
                .number(tokens)
                .number(products.getFirst().weights().columns())
                .number(products.size())
                .number(fast());
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            product(block, product.weights(), product.bias(), product.out(), 0);
        }
        context.call(NativeFunction.MATMUL);
    }

    /** {@code ft_product}; {@code offset}: of the output, in floats. */
    private static void product(
            ArgumentBlock block, WeightMatrix weights, @Nullable MemorySegment bias, MemorySegment out, long offset) {
        int type = switch (weights) {
            case DensePanels panels -> code(panels.type());
            case Fp8Panels _ -> FP8;
            case BlockPanels _ -> BLOCKS;
            case ChannelPanels _ -> CHANNELS;
        };
        block.number(type)
                .pointer(weights.panels())
                .number(weights.rows())
                .pointer(bias)
                .pointer(out, offset * Float.BYTES);
        quantization(block, weights);
    }

    @Override
    public void matmulGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, List<GroupedProduct> products) {
        Arguments.matmulGroups(x, sources, groups, products);
        ArgumentBlock block = context.block().number(filled(groups));
        int columns = products.getFirst().inputs();
        for (int group = 0; group < groups.groups(); group++) {
            long first = groups.first(group);
            if (groups.count(group) == 0) {
                continue;
            }
            if (sources == null) {
                block.pointer(x, first * columns * Float.BYTES).pointer(null);
            } else {
                block.pointer(x).pointer(sources, first * Integer.BYTES);
            }
            block.number(groups.count(group))
                    .number(columns)
                    .number(products.size())
                    .number(fast());
            for (int i = 0; i < products.size(); i++) {
                GroupedProduct product = products.get(i);
                int member = groups.member(group);
                WeightMatrix weights = product.weights().get(member);
                product(block, weights, product.bias(member), product.out(), first * weights.rows());
            }
        }
        context.call(NativeFunction.MATMUL_GROUPS);
    }

    private static int filled(RowGroups groups) {
        int filled = 0;
        for (int group = 0; group < groups.groups(); group++) {
            filled += groups.count(group) > 0 ? 1 : 0;
        }
        return filled;
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
        context.block()
                .pointer(x)
                .pointer(rows)
                .pointer(weights)
                .number(tokens)
                .number(terms)
                .number(width)
                .pointer(out);
        context.call(NativeFunction.COMBINE);
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
                .number(headDim);
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
    public void writeKv(KvLayer layer, RaggedBatch batch, MemorySegment k, MemorySegment v) {
        Arguments.writeKv(layer, batch, k, v);
        paged(layer, batch).pointer(k).pointer(v);
        context.call(NativeFunction.WRITE_KV);
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
        KvFormat format = layer.format();
        return context.block()
                .pointer(layer.keys())
                .pointer(layer.values())
                .number(code(format.type()))
                .number(format.blockTokens())
                .number(format.heads())
                .number(format.keyDim())
                .number(format.valueDim())
                .number(batch.rows())
                .pointer(batch.tokenOffsets())
                .pointer(batch.tokenCounts())
                .pointer(batch.firstPositions())
                .pointer(batch.tables().units())
                .pointer(batch.tables().offsets())
                .number(batch.tables().stride());
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

    /** Scales and {@code ft_format}; what the encoding does not have is not read. */
    private static void quantization(ArgumentBlock block, WeightMatrix weights) {
        BlockFormat format = weights instanceof BlockPanels blocks ? blocks.format() : NO_FORMAT;
        MemorySegment scales = switch (weights) {
            case Fp8Panels fp8 -> fp8.scales();
            case ChannelPanels channels -> channels.scales();
            case DensePanels _, BlockPanels _ -> null;
        };
        block.pointer(scales)
                .number(format.bits())
                .number(weights instanceof Fp8Panels fp8 ? fp8.block() : format.block())
                .number(code(format.scaleType()))
                .number(format.minimum() ? 1 : 0)
                .number(code(format.book()));
    }

    @Override
    public void close() {
        context.close();
    }
}
