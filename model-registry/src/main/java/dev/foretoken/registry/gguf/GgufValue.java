package dev.foretoken.registry.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A metadata value. Texts and arrays stay in the mapped file until they are asked for. */
public sealed interface GgufValue {

    ValueType type();

    /** A whole number; a UINT64 above the largest long is kept as {@link Long#MAX_VALUE}. */
    record Whole(ValueType type, long value) implements GgufValue {}

    /** A FLOAT32 or FLOAT64. */
    record Real(ValueType type, double value) implements GgufValue {}

    record Flag(boolean value) implements GgufValue {
        @Override
        public ValueType type() {
            return ValueType.BOOL;
        }
    }

    /** @param bytes UTF-8 */
    record Text(MemorySegment bytes) implements GgufValue {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }

        /** The text; bytes that are no UTF-8 become U+FFFD. */
        public String value() {
            return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    /**
     * Values of one type.
     *
     * @param elements their bytes as the file has them, all of them checked to be there
     */
    record Array(ValueType elementType, int count, MemorySegment elements) implements GgufValue {
        @Override
        public ValueType type() {
            return ValueType.ARRAY;
        }
    }
}
