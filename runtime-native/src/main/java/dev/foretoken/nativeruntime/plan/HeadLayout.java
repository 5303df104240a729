package dev.foretoken.nativeruntime.plan;

/**
 * @param heads query heads, a multiple of {@code kvHeads}
 * @param headDim elements of one head's query and key
 * @param valueDim elements of one head's value
 */
public record HeadLayout(int heads, int kvHeads, int headDim, int valueDim) {
    /** Values as wide as keys. */
    public HeadLayout(int heads, int kvHeads, int headDim) {
        this(heads, kvHeads, headDim, headDim);
    }

    public int queryWidth() {
        return heads * headDim;
    }

    public int keyWidth() {
        return kvHeads * headDim;
    }

    public int valueWidth() {
        return kvHeads * valueDim;
    }

    /** What the query heads gather. */
    public int mixedWidth() {
        return heads * valueDim;
    }
}
