package dev.foretoken.nativeruntime.plan;

/**
 * @param heads query heads, a multiple of {@code kvHeads}
 * @param headDim elements of one head's query, key and value
 */
public record HeadLayout(int heads, int kvHeads, int headDim) {
    public int queryWidth() {
        return heads * headDim;
    }

    public int keyWidth() {
        return kvHeads * headDim;
    }
}
