package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.BlockTables;
import dev.foretoken.nativeruntime.kernels.layout.Bounds;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.LowRankPair;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.sampling.LogitSummary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks every implementation runs before it touches memory: lengths, writability, and every index a kernel will follow. */
final class Arguments {
    private Arguments() {}

    static void gather(GatherSource table, MemorySegment ids, int tokens, MemorySegment out) {
        Bounds.positive("tokens", tokens);
        indices("ids", ids, tokens, table.rows());
        Bounds.writableFloats("out", out, (long) tokens * table.columns());
    }

    static void matmul(MemorySegment x, int tokens, List<Product> products) {
        Bounds.positive("tokens", tokens);
        int columns = products.getFirst().weights().columns();
        Bounds.floats("x", x, (long) tokens * columns);
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            if (product.weights().columns() != columns) {
                throw new IllegalArgumentException("product %d has %d columns, the first has %d"
                        .formatted(i, product.weights().columns(), columns));
            }
            Bounds.writableFloats("out", product.out(), product.reach(tokens));
        }
    }

    static void matmulGroups(
            MemorySegment x, @Nullable MemorySegment sources, RowGroups groups, List<GroupedProduct> products) {
        int columns = products.getFirst().inputs();
        if (sources == null) {
            Bounds.floats("x", x, (long) groups.rows() * columns);
        } else {
            long rows = x.byteSize() / Float.BYTES / columns;
            Bounds.floats("x", x, 1);
            indices("sources", sources, groups.rows(), (int) Math.min(rows, Integer.MAX_VALUE));
        }
        for (int i = 0; i < products.size(); i++) {
            GroupedProduct product = products.get(i);
            if (product.inputs() != columns) {
                throw new IllegalArgumentException(
                        "product %d has %d columns, the first has %d".formatted(i, product.inputs(), columns));
            }
            Bounds.writableFloats("out", product.out(), (long) groups.rows() * product.outputs());
            members(groups, product);
        }
    }

    private static void members(RowGroups groups, GroupedProduct product) {
        for (int group = 0; group < groups.groups(); group++) {
            int member = groups.member(group);
            if (member < 0 || member >= product.weights().size()) {
                throw new IllegalArgumentException("group %d wants matrix %d of %d"
                        .formatted(group, member, product.weights().size()));
            }
        }
    }

    static void addLowRank(MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low) {
        int columns = products.getFirst().inputs();
        Bounds.floats("x", x, 1);
        int rows = (int) Math.min(x.byteSize() / Float.BYTES / columns, Integer.MAX_VALUE);
        indices("sources", groups.sources(), groups.rows(), rows);
        long lowered = 0;
        for (int i = 0; i < products.size(); i++) {
            LowRankProduct product = products.get(i);
            if (product.inputs() != columns) {
                throw new IllegalArgumentException(
                        "product %d has %d inputs, the first has %d".formatted(i, product.inputs(), columns));
            }
            for (int group = 0; group < groups.groups(); group++) {
                LowRankPair pair = product.pair(groups.member(group));
                lowered += pair == null ? 0 : (long) groups.count(group) * pair.rank();
            }
            Bounds.writable("out", product.out());
            for (int row = 0; row < groups.rows(); row++) {
                Bounds.floats("out", product.out(), (groups.source(row) + 1L) * product.outputs());
            }
        }
        Bounds.writableFloats("low", low, lowered);
    }

    static void combine(
            MemorySegment x,
            MemorySegment rows,
            MemorySegment weights,
            int tokens,
            int terms,
            int width,
            MemorySegment out) {
        Bounds.positive("tokens", tokens);
        Bounds.positive("terms", terms);
        Bounds.positive("width", width);
        Bounds.floats("x", x, 1);
        indices("rows", rows, tokens * terms, (int) Math.min(x.byteSize() / Float.BYTES / width, Integer.MAX_VALUE));
        Bounds.floats("weights", weights, (long) tokens * terms);
        Bounds.writableFloats("out", out, (long) tokens * width);
    }

    static void rmsNorm(MemorySegment x, MemorySegment weight, int rows, int width, MemorySegment out) {
        Bounds.positive("rows", rows);
        Bounds.positive("width", width);
        Bounds.floats("x", x, (long) rows * width);
        Bounds.floats("weight", weight, width);
        Bounds.writableFloats("out", out, (long) rows * width);
    }

    static void layerNorm(
            MemorySegment x,
            MemorySegment weight,
            @Nullable MemorySegment bias,
            int rows,
            int width,
            MemorySegment out) {
        rmsNorm(x, weight, rows, width, out);
        if (bias != null) {
            Bounds.floats("bias", bias, width);
        }
    }

    static void rotary(
            MemorySegment x, RotaryTable table, MemorySegment positions, int tokens, int heads, int headDim) {
        Bounds.positive("tokens", tokens);
        Bounds.positive("heads", heads);
        if (2 * table.half() > headDim) {
            throw new IllegalArgumentException(
                    "headDim=%d, the table turns %d elements".formatted(headDim, 2 * table.half()));
        }
        Bounds.writableFloats("x", x, (long) tokens * heads * headDim);
        indices("positions", positions, tokens, table.positions());
    }

    static void copy(TokenVectors from, @Nullable MemorySegment rows, TokenVectors to, int count) {
        Bounds.positive("count", count);
        to.require("target", count, from.width());
        Bounds.writable("target", to.data());
        if (rows == null) {
            from.require("source", count, to.width());
        } else {
            long room = from.data().byteSize() / Float.BYTES - from.width();
            indices("rows", rows, count, room < 0 ? 0 : (int) Math.min(room / from.stride() + 1, Integer.MAX_VALUE));
        }
    }

    static void elementwise(MemorySegment a, MemorySegment b, long count, MemorySegment out) {
        Bounds.positive("count", count);
        Bounds.floats("first input", a, count);
        Bounds.floats("second input", b, count);
        Bounds.writableFloats("out", out, count);
    }

    static void writeKv(KvLayer layer, RaggedBatch batch, @Nullable MemorySegment k, @Nullable MemorySegment v) {
        KvFormat format = layer.format();
        if (k != null) {
            Bounds.writable("keys", layer.keys());
        }
        if (v != null && layer.format().valueInKey()) {
            throw new IllegalArgumentException("values are in keys, so that none are written");
        }
        if (v != null) {
            Bounds.writable("values", layer.values());
        }
        for (int row = 0; row < batch.rows(); row++) {
            int first = batch.firstPosition(row) / format.blockTokens();
            blocks(layer, batch, row, first);
        }
        if (k != null) {
            Bounds.floats("k", k, (long) batch.endToken() * format.heads() * format.keyDim());
        }
        if (v != null) {
            Bounds.floats("v", v, (long) batch.endToken() * format.heads() * format.valueDim());
        }
    }

    static void mapKv(MemorySegment keys, MemorySegment values, int tokens, List<KvMap> maps) {
        KvMap first = maps.getFirst();
        for (int i = 0; i < maps.size(); i++) {
            KvMap map = maps.get(i);
            KvFormat format = map.layer().format();
            matmul(keys, tokens, List.of(first.keys(), map.keys()));
            matmul(values, tokens, List.of(first.values(), map.values()));
            RotaryTable angles = map.angles();
            if (angles != null && (i == 0 || !turnsAs(map, first))) {
                rotary(map.keys().out(), angles, map.angleRows(), tokens, format.heads(), format.keyDim());
            }
            writeKv(map.layer(), map.batch(), map.keys().out(), map.values().out());
            if (map.batch().rows() != first.batch().rows() || map.batch().endToken() != tokens) {
                throw new IllegalArgumentException(
                        "map %d has %d rows that end at token %d, expected %d rows and %d tokens"
                                .formatted(
                                        i,
                                        map.batch().rows(),
                                        map.batch().endToken(),
                                        first.batch().rows(),
                                        tokens));
            }
        }
    }

    private static boolean turnsAs(KvMap map, KvMap other) {
        KvFormat format = map.layer().format();
        return map.angles() == other.angles()
                && map.angleRows() == other.angleRows()
                && format.equals(other.layer().format());
    }

    static void attention(KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out) {
        KvFormat format = layer.format();
        if (shape.heads() % format.heads() != 0) {
            throw new IllegalArgumentException(
                    "%d query heads, must be a multiple of the %d KV heads".formatted(shape.heads(), format.heads()));
        }
        for (int row = 0; row < batch.rows(); row++) {
            int first = shape.firstVisible(batch.firstPosition(row)) / format.blockTokens();
            blocks(layer, batch, row, first);
        }
        Bounds.floats("q", q, (long) batch.endToken() * shape.heads() * format.keyDim());
        Bounds.writableFloats("out", out, (long) batch.endToken() * shape.heads() * format.valueDim());
    }

    /** The row's span is sound, and its blocks from index {@code first} to its last token are within the layer. */
    private static void blocks(KvLayer layer, RaggedBatch batch, int row, int first) {
        if (batch.tokenOffset(row) < 0 || batch.tokenCount(row) <= 0 || batch.firstPosition(row) < 0) {
            throw new IllegalArgumentException("row %d owns %d tokens from token %d, position %d"
                    .formatted(row, batch.tokenCount(row), batch.tokenOffset(row), batch.firstPosition(row)));
        }
        BlockTables tables = batch.tables();
        int last = (batch.endPosition(row) - 1) / layer.format().blockTokens();
        if (last >= tables.length(row)) {
            throw new IllegalArgumentException(
                    "row %d reaches block index %d, its table holds %d".formatted(row, last, tables.length(row)));
        }
        for (int index = first; index <= last; index++) {
            int block = tables.block(row, index);
            if (block < 0 || block >= layer.blocks()) {
                throw new IllegalArgumentException("row %d needs block index %d, its table says %d of %d blocks"
                        .formatted(row, index, block, layer.blocks()));
            }
        }
    }

    static void summarize(MemorySegment logits, int vocabulary, @Nullable MemorySegment mask, LogitSummary out) {
        row(logits, vocabulary, out);
        Bounds.writable("argmax", out.argmax());
        Bounds.writable("blockMaxima", out.blockMaxima());
        if (mask != null) {
            Bounds.writable("logits", logits);
            Bounds.bytes("mask", mask, (long) Math.ceilDiv(vocabulary, Long.SIZE) * Long.BYTES);
        }
    }

    static void topK(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            int k,
            MemorySegment ids,
            MemorySegment values) {
        row(logits, vocabulary, summary);
        if (k < 1 || k > vocabulary) {
            throw new IllegalArgumentException("k=%d, must be in [1, %d]".formatted(k, vocabulary));
        }
        Bounds.writableFloats("ids", ids, k);
        Bounds.writableFloats("values", values, k);
    }

    static void sample(MemorySegment logits, int vocabulary, LogitSummary summary, float inverseTemperature) {
        row(logits, vocabulary, summary);
        if (!(inverseTemperature > 0)) {
            throw new IllegalArgumentException("inverseTemperature=%s, must be positive".formatted(inverseTemperature));
        }
    }

    private static void row(MemorySegment logits, int vocabulary, LogitSummary summary) {
        Bounds.positive("vocabulary", vocabulary);
        Bounds.floats("logits", logits, vocabulary);
        Bounds.ints("argmax", summary.argmax(), 1);
        Bounds.floats("max", summary.max(), 1);
        Bounds.floats("logSumExp", summary.logSumExp(), 1);
        Bounds.bytes("mass", summary.mass(), Double.BYTES);
        Bounds.floats("blockMaxima", summary.blockMaxima(), LogitSummary.blocks(vocabulary));
        Bounds.floats("chunks", summary.chunks(), 2L * LogitSummary.chunks(vocabulary));
    }

    private static void indices(String name, MemorySegment values, int count, int limit) {
        Bounds.ints(name, values, count);
        for (int i = 0; i < count; i++) {
            int value = values.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
            if (value < 0 || value >= limit) {
                throw new IllegalArgumentException("%s[%d]=%d, must be in [0, %d)".formatted(name, i, value, limit));
            }
        }
    }
}
