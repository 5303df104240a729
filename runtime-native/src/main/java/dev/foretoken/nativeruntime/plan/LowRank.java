package dev.foretoken.nativeruntime.plan;

import java.util.List;

/**
 * {@code up (down x)}: what is added to a map of another weight (Hu 2021), or a weight of its own, which is worth it below a rank of {@code
 * outputs * inputs / (outputs + inputs)}.
 *
 * @param down [rank, inputs]
 * @param up [outputs, rank]
 */
public record LowRank(MatrixRef down, MatrixRef up) implements Weight {
    public int rank() {
        return down.rows();
    }

    @Override
    public int rows() {
        return up.rows();
    }

    @Override
    public int columns() {
        return down.columns();
    }

    @Override
    public List<MatrixRef> matrices() {
        return List.of(down, up);
    }

    @Override
    public List<Matrix> packed() {
        return List.of(down, up);
    }

    @Override
    public int between() {
        return rank();
    }

    @Override
    public LowRank rows(int first, int count) {
        return new LowRank(down, up.rows(first, count));
    }

    @Override
    public LowRank columns(int first, int count) {
        return new LowRank(down.columns(first, count), up);
    }
}
