package dev.foretoken.nativeruntime.kernels.layout;

/**
 * How one layer's KV blocks lie in memory. A block is contiguous in the key segment and in the value segment, so that it can be copied,
 * exported and imported as bytes.
 *
 * <p>Keys, per block and head: [blockTokens/16][keyDim][16 tokens], or for BF16 [blockTokens/16][keyDim/2][16 tokens][2]. Values, per block
 * and head: [blockTokens][valueLanes], or for BF16 [blockTokens/2][valueLanes][2 tokens]; valueLanes is valueDim rounded up to 16.
 *
 * @param blockTokens tokens per block, a multiple of 16 that divides or is divided by 128
 * @param keyDim elements of one head's key, even, at most 256; the query has the same
 * @param valueDim elements of one head's value, even, at most 256
 */
public record KvFormat(FloatType type, int blockTokens, int heads, int keyDim, int valueDim) {
    /** Tokens whose keys sit side by side: the lanes of a 512-bit register. */
    public static final int GROUP_TOKENS = 16;
    /** Tokens per softmax tile, at absolute multiples, whatever the block size: the order of merging never depends on blocks. */
    public static final int TILE_TOKENS = 128;

    public KvFormat {
        Bounds.positive("heads", heads);
        if (blockTokens != 16 && blockTokens != 32 && blockTokens != 64 && blockTokens != 128) {
            throw new IllegalArgumentException("blockTokens=%d, must be 16, 32, 64 or 128".formatted(blockTokens));
        }
        requireDim("keyDim", keyDim);
        requireDim("valueDim", valueDim);
    }

    private static void requireDim(String name, int dim) {
        if (dim < 2 || dim > 256 || dim % 2 != 0) {
            throw new IllegalArgumentException("%s=%d, must be even and in [2, 256]".formatted(name, dim));
        }
    }

    /** valueDim rounded up to 16. */
    public int valueLanes() {
        return (valueDim + 15) & -16;
    }

    public long keyBlockBytes() {
        return (long) heads * blockTokens * keyDim * type.bytes();
    }

    public long valueBlockBytes() {
        return (long) heads * blockTokens * valueLanes() * type.bytes();
    }

    /** Bytes of keys and values of one block of one layer. */
    public long blockBytes() {
        return keyBlockBytes() + valueBlockBytes();
    }

    /** Element index of one key element; {@code slot}: token within its block. */
    public long keyIndex(int block, int head, int slot, int dim) {
        int pair = type.interleave();
        long group = ((long) block * heads + head) * (blockTokens / GROUP_TOKENS) + slot / GROUP_TOKENS;
        long step = group * (keyDim / pair) + dim / pair;
        return (step * GROUP_TOKENS + slot % GROUP_TOKENS) * pair + dim % pair;
    }

    /** Element index of one value element; {@code slot}: token within its block. */
    public long valueIndex(int block, int head, int slot, int dim) {
        int pair = type.interleave();
        long step = (((long) block * heads + head) * blockTokens + slot) / pair;
        return (step * valueLanes() + dim) * pair + slot % pair;
    }
}
