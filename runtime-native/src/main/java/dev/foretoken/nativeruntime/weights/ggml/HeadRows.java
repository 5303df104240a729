package dev.foretoken.nativeruntime.weights.ggml;

/**
 * Where the rows of a query or key matrix are stored. The converter of the architecture {@code llama} interleaves the two halves of every
 * head, because ggml rotates neighbouring elements there; we rotate element i with element i + headDim/2, so the halves are put back.
 *
 * @param headDim rows of a head, even; 0: rows are stored in order
 */
public record HeadRows(int headDim) {
    public static final HeadRows IN_ORDER = new HeadRows(0);

    /** The stored row that is row {@code row} of the matrix. */
    public int stored(int row) {
        if (headDim == 0) {
            return row;
        }
        int half = headDim / 2;
        int element = row % headDim;
        return row - element + element % half * 2 + element / half;
    }
}
