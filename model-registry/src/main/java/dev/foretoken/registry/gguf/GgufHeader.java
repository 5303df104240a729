package dev.foretoken.registry.gguf;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What comes before the tensors' bytes (github.com/ggml-org/ggml, docs/gguf.md): magic, version, counts, key-value pairs, tensor table.
 * Every count, length and offset is compared with the length of the file before it is used.
 *
 * @param bytes the header with everything up to the data
 */
record GgufHeader(int version, GgufMetadata metadata, Map<String, GgufTensor> tensors, MemorySegment bytes) {

    static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;

    private static final String ALIGNMENT = "general.alignment";
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_ALIGNMENT = 1 << 20;
    private static final int MAX_PAIRS = 1 << 16;
    private static final int MAX_KEY_BYTES = 65_535;

    /** Key length, type, a value of one byte. */
    private static final int LEAST_PAIR_BYTES = 8 + 4 + 1;

    static GgufHeader read(String file, MemorySegment bytes) {
        Cursor cursor = new Cursor(file, bytes);
        int version = version(cursor);
        int tensors = cursor.count("the number of tensors", TensorTable.LEAST_ENTRY_BYTES, TensorTable.MAX_TENSORS);
        int pairs = cursor.count("the number of metadata pairs", LEAST_PAIR_BYTES, MAX_PAIRS);
        GgufMetadata metadata = new GgufMetadata(file, pairs(cursor, new ValueReader(cursor, bytes), pairs));
        Map<String, GgufTensor> table = new TensorTable(cursor).read(tensors, alignment(cursor, metadata));
        return new GgufHeader(version, metadata, table, bytes.asSlice(0, cursor.position()));
    }

    private static int version(Cursor cursor) {
        int magic = cursor.i32("the magic number");
        if (magic != MAGIC) {
            throw cursor.damaged("it begins with 0x%08x, a GGUF file begins with \"GGUF\"".formatted(magic));
        }
        int version = cursor.i32("the version");
        if (version != 2 && version != 3) {
            boolean swapped = Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3;
            throw cursor.unsupported(
                    swapped
                            ? "it is a big-endian file; supported are little-endian ones"
                            : "it is of GGUF version %s; supported are 2 and 3"
                                    .formatted(Integer.toUnsignedString(version)));
        }
        return version;
    }

    private static Map<String, GgufValue> pairs(Cursor cursor, ValueReader reader, int count) {
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = cursor.name("a metadata key", MAX_KEY_BYTES);
            if (pairs.put(key, reader.read(shortened(key))) != null) {
                throw cursor.damaged("the metadata key %s is there twice".formatted(shortened(key)));
            }
        }
        return pairs;
    }

    private static String shortened(String key) {
        return key.length() <= 100 ? key : key.substring(0, 100) + "...";
    }

    private static int alignment(Cursor cursor, GgufMetadata metadata) {
        int alignment = metadata.integer(ALIGNMENT, 1, MAX_ALIGNMENT, DEFAULT_ALIGNMENT);
        if (Integer.bitCount(alignment) != 1 || alignment < 8) {
            throw cursor.damaged("%s is %d, must be a power of two from 8".formatted(ALIGNMENT, alignment));
        }
        return alignment;
    }
}
