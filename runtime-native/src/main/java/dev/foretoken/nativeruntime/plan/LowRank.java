package dev.foretoken.nativeruntime.plan;

/**
 * What is added to a map of another map's weight: {@code up (down x)} (Hu 2021).
 *
 * @param down [rank, inputs]
 * @param up [outputs, rank]
 */
public record LowRank(MatrixRef down, MatrixRef up) {
    public int rank() {
        return down.rows();
    }
}
