package dev.foretoken.contract.runtime;

/** Element types of tensors, with the names of the Open Inference Protocol v2. */
public enum ElementType {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    BF16(2),
    FP32(4),
    FP64(8),
    /** Variable length: each element is a little-endian uint32 length followed by that many bytes. */
    BYTES(0),
    ;

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element; 0 for {@link #BYTES}. */
    public int bytes() {
        return bytes;
    }

    /** Bytes that an element takes at the least: of {@link #BYTES} those of its length. */
    public int leastBytes() {
        return this == BYTES ? Integer.BYTES : bytes;
    }
}
