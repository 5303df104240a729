package dev.foretoken.registry.gguf;

/** Types of metadata values; the ordinal is the number in the file. */
public enum ValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(0),
    ARRAY(0),
    UINT64(8),
    INT64(8),
    FLOAT64(8),
    ;

    /** Bytes of a string's or an array's length. */
    private static final int LENGTH_BYTES = 8;

    private final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of every value of this type, or 0 where values differ in length. */
    int fixedBytes() {
        return bytes;
    }

    /** Fewest bytes a value takes in a file. */
    int leastBytes() {
        return switch (this) {
            case STRING -> LENGTH_BYTES;
            case ARRAY -> Integer.BYTES + LENGTH_BYTES;
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, UINT64, INT64, FLOAT64 -> bytes;
        };
    }
}
