package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.NativeCodes.code;

import dev.foretoken.nativeruntime.kernels.ffi.ArgumentBlock;
import dev.foretoken.nativeruntime.kernels.ffi.NativeContext;
import dev.foretoken.nativeruntime.kernels.ffi.NativeFunction;
import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Packed weights and products in C. */
final class NativeProducts {
    /** {@code FT_FP8}. */
    private static final int FP8 = 4;

    /** {@code enum ft_quantized_type}. */
    private static final int BLOCKS = 5;

    private static final int CHANNELS = 6;
    /** What fills the fields that only blocks have. */
    private static final BlockFormat NO_FORMAT = BlockFormat.Q8_0;

    private final NativeContext context;
    private final int fast;

    /** {@code fast}: 1 where products may round activations to the weights' type, else 0. */
    NativeProducts(NativeContext context, int fast) {
        this.context = context;
        this.fast = fast;
    }

    WeightMatrix pack(RowTable source, FloatType type, LongFunction<MemorySegment> memory) {
        DensePanels packed =
                DensePanels.allocate(type, source.rows(), source.columns(), (bytes, alignment) -> memory.apply(bytes));
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

    void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
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

    void matmul(MemorySegment x, int tokens, List<Product> products) {
        Arguments.matmul(x, tokens, products);
        ArgumentBlock block = context.block()
                .pointer(x)
                .pointer(null)
                .number(tokens)
                .number(products.getFirst().weights().columns())
                .number(products.size())
                .number(fast);
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            product(block, product.weights(), product.bias(), product.out(), 0, product.stride());
        }
        context.call(NativeFunction.MATMUL);
    }

    /** {@code ft_product} whose outputs follow one another; {@code offset}: of the output, in floats. */
    static void product(
            ArgumentBlock block, WeightMatrix weights, @Nullable MemorySegment bias, MemorySegment out, long offset) {
        product(block, weights, bias, out, offset, weights.rows());
    }

    private static void product(
            ArgumentBlock block,
            WeightMatrix weights,
            @Nullable MemorySegment bias,
            MemorySegment out,
            long offset,
            int stride) {
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
                .pointer(out, offset * Float.BYTES)
                .number(stride);
        quantization(block, weights);
    }

    void matmulGroups(
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
                    .number(fast);
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

    void combine(
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
}
