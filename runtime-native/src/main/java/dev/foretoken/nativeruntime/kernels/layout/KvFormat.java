package dev.foretoken.nativeruntime.kernels.layout;

/**
 * How one layer's KV blocks lie in memory. A block is contiguous in the key segment and in the value segment, so that it can be copied,
 * exported and imported as bytes.
 *
 * <p>Keys, per block and head: [blockTokens/16][keyDim][16 tokens], or for BF16 [blockTokens/16][keyDim/2][16 tokens][2]. Values, per block
 * and head: [blockTokens][valueLanes], or for BF16 [blockTokens/2][valueLanes][2 tokens]; valueLanes is valueDim rounded up to 16.
 *
 * <p>INT8: a token's key in one head, and its value, are {@code scale * code}, with {@code amax = max |x|}, {@code scale = amax / 127} and
 * {@code code = rint(x * (127 / amax))} in fp32, ties to even. NaN counts as 0, infinity as the largest float; where 127 / amax is infinite,
 * scale and codes are 0. Behind the codes of each block and head lie its scales, fp32 [blockTokens].
 *
 * @param blockTokens tokens per block, a multiple of 16 that divides or is divided by 128
 * @param keyDim elements of one head's key, even, at most 256, or 576 where it holds the value; the query has the same
 * @param valueDim elements of one head's value, even, at most 256, or 512 in a key
 * @param valueInKey whether a value is the last elements of its key: then no values are stored, and there are no codes
 */
public record KvFormat(KvType type, int blockTokens, int heads, int keyDim, int valueDim, boolean valueInKey) {
    /** Tokens whose keys sit side by side: the lanes of a 512-bit register. */
    public static final int GROUP_TOKENS = 16;
    /** Tokens per softmax tile, at absolute multiples, whatever the block size: the order of merging never depends on blocks. */
    public static final int TILE_TOKENS = 128;

    public KvFormat {
        Bounds.positive("heads", heads);
        if (blockTokens != 16 && blockTokens != 32 && blockTokens != 64 && blockTokens != 128) {
            throw new IllegalArgumentException("blockTokens=%d, must be 16, 32, 64 or 128".formatted(blockTokens));
        }
        requireDim("keyDim", keyDim, valueInKey ? 576 : 256);
        requireDim("valueDim", valueDim, valueInKey ? Math.min(512, keyDim) : 256);
        if (valueInKey && type.scaleBytes() > 0) {
            throw new IllegalArgumentException("type=" + type + ", must have no scales where values are in keys");
        }
    }

    /** Values beside keys. */
    public KvFormat(KvType type, int blockTokens, int heads, int keyDim, int valueDim) {
        this(type, blockTokens, heads, keyDim, valueDim, false);
    }

    private static void requireDim(String name, int dim, int most) {
        if (dim < 2 || dim > most || dim % 2 != 0) {
            throw new IllegalArgumentException("%s=%d, must be even and in [2, %d]".formatted(name, dim, most));
        }
    }

    /** The key's element that is the value's first, where a value is in its key. */
    public int valueStart() {
        return keyDim - valueDim;
    }

    /** valueDim rounded up to 16. */
    public int valueLanes() {
        return (valueDim + 15) & -16;
    }

    public long keyBlockBytes() {
        return heads * headBytes(keyDim);
    }

    public long valueBlockBytes() {
        return valueInKey ? 0 : heads * headBytes(valueLanes());
    }

    /** Of one head's elements and scales in one block. */
    private long headBytes(int width) {
        return (long) blockTokens * (width * type.bytes() + type.scaleBytes());
    }

    /** Byte of one key element; {@code slot}: token within its block. */
    public long keyOffset(int block, int head, int slot, int dim) {
        int pair = type.interleave();
        long step = slot / GROUP_TOKENS * ((long) keyDim / pair) + dim / pair;
        long index = (step * GROUP_TOKENS + slot % GROUP_TOKENS) * pair + dim % pair;
        return headOffset(block, head, keyDim) + index * type.bytes();
    }

    /** Byte of one value element; {@code slot}: token within its block. */
    public long valueOffset(int block, int head, int slot, int dim) {
        int pair = type.interleave();
        long index = ((long) (slot / pair) * valueLanes() + dim) * pair + slot % pair;
        return headOffset(block, head, valueLanes()) + index * type.bytes();
    }

    /** Byte of a token's scale among the keys; only where {@link KvType#scaleBytes} is not 0. */
    public long keyScaleOffset(int block, int head, int slot) {
        return scaleOffset(block, head, slot, keyDim);
    }

    /** Byte of a token's scale among the values. */
    public long valueScaleOffset(int block, int head, int slot) {
        return scaleOffset(block, head, slot, valueLanes());
    }

    private long scaleOffset(int block, int head, int slot, int width) {
        long codes = (long) blockTokens * width * type.bytes();
        return headOffset(block, head, width) + codes + (long) slot * type.scaleBytes();
    }

    private long headOffset(int block, int head, int width) {
        return ((long) block * heads + head) * headBytes(width);
    }
}
