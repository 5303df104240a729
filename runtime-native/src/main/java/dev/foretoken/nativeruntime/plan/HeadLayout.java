package dev.foretoken.nativeruntime.plan;

/**
 * @param heads query heads, a multiple of {@code kvHeads}
 * @param headDim elements of one head's query and key
 * @param valueDim elements of one head's value
 * @param valueInKey whether a value is the last elements of its key, so that no values are stored
 */
public record HeadLayout(int heads, int kvHeads, int headDim, int valueDim, boolean valueInKey) {
    /** Values as wide as keys. */
    public HeadLayout(int heads, int kvHeads, int headDim) {
        this(heads, kvHeads, headDim, headDim, false);
    }

    /** One key for all heads, whose first elements are turned and whose others are its value. */
    public static HeadLayout latent(int heads, int turned, int latent) {
        return new HeadLayout(heads, 1, turned + latent, latent, true);
    }

    /** Elements of a key before the value that it holds. */
    public int turnedDim() {
        return headDim - valueDim;
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
