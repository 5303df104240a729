package dev.foretoken.registry.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the tensor table and checks that every tensor lies within the file, aligned, and apart from every other. */
final class TensorTable {

    static final int MAX_TENSORS = 1 << 20;

    /** Name length, dimensions, one dimension, type, offset. */
    static final int LEAST_ENTRY_BYTES = 8 + 4 + 8 + 4 + 8;

    private static final int MAX_NAME_BYTES = 1024;
    private static final int MAX_DIMENSIONS = 4;

    private final Cursor cursor;

    TensorTable(Cursor cursor) {
        this.cursor = cursor;
    }

    /** Reads {@code count} entries; the data begin at the next multiple of {@code alignment} behind them. */
    Map<String, GgufTensor> read(int count, int alignment) {
        List<GgufTensor> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(alignment));
        }
        cursor.align(alignment);
        long start = cursor.position();
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (GgufTensor entry : entries) {
            GgufTensor placed = placed(entry, start);
            if (tensors.put(placed.name(), placed) != null) {
                throw cursor.damaged("tensor %s is in the table twice".formatted(placed.name()));
            }
        }
        requireApart(new ArrayList<>(tensors.values()));
        return tensors;
    }

    /** An entry with the offset that the file gives: from the start of the data. */
    private GgufTensor entry(int alignment) {
        String name = cursor.name("the name of a tensor", MAX_NAME_BYTES);
        List<Long> dimensions = dimensions(name);
        int id = cursor.i32("the type of tensor " + name);
        GgmlType type = GgmlType.ofId(id)
                .orElseThrow(() -> cursor.unsupported("tensor %s has the ggml type %s, which is not known here"
                        .formatted(name, Integer.toUnsignedString(id))));
        long offset = cursor.i64("the offset of tensor " + name);
        if (offset < 0 || offset % alignment != 0) {
            throw cursor.damaged("tensor %s lies at offset %s, must be a multiple of the alignment %d"
                    .formatted(name, Long.toUnsignedString(offset), alignment));
        }
        return new GgufTensor(name, dimensions, type, offset, bytes(name, type, dimensions));
    }

    private List<Long> dimensions(String name) {
        int count = cursor.i32("the dimensions of tensor " + name);
        if (count < 1 || count > MAX_DIMENSIONS) {
            throw cursor.damaged("tensor %s has %s dimensions, must have 1 to %d"
                    .formatted(name, Integer.toUnsignedString(count), MAX_DIMENSIONS));
        }
        List<Long> dimensions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long dimension = cursor.i64("a dimension of tensor " + name);
            if (dimension < 1) {
                throw cursor.damaged("tensor %s has a dimension of %s, must be at least 1"
                        .formatted(name, Long.toUnsignedString(dimension)));
            }
            dimensions.add(dimension);
        }
        return dimensions;
    }

    private long bytes(String name, GgmlType type, List<Long> dimensions) {
        if (dimensions.getFirst() % type.blockElements() != 0) {
            throw cursor.damaged("tensor %s has rows of %d elements, must be whole blocks of %s: a multiple of %d"
                    .formatted(name, dimensions.getFirst(), type, type.blockElements()));
        }
        try {
            long bytes = Math.multiplyExact(dimensions.getFirst() / type.blockElements(), (long) type.blockBytes());
            for (long dimension : dimensions.subList(1, dimensions.size())) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        } catch (ArithmeticException overflow) {
            throw cursor.damaged(
                    "tensor %s has the dimensions %s, more than a file can hold".formatted(name, dimensions));
        }
    }

    private GgufTensor placed(GgufTensor entry, long start) {
        if (entry.offset() > cursor.left() || entry.bytes() > cursor.left() - entry.offset()) {
            throw cursor.damaged("tensor %s has %d bytes at offset %d of the data, which have %d bytes"
                    .formatted(entry.name(), entry.bytes(), entry.offset(), cursor.left()));
        }
        return new GgufTensor(entry.name(), entry.dimensions(), entry.type(), start + entry.offset(), entry.bytes());
    }

    private void requireApart(List<GgufTensor> tensors) {
        tensors.sort(Comparator.comparingLong(GgufTensor::offset));
        for (int i = 1; i < tensors.size(); i++) {
            GgufTensor before = tensors.get(i - 1);
            if (before.offset() + before.bytes() > tensors.get(i).offset()) {
                throw cursor.damaged("tensors %s and %s overlap"
                        .formatted(before.name(), tensors.get(i).name()));
            }
        }
    }
}
