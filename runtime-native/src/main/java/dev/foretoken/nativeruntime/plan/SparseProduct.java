package dev.foretoken.nativeruntime.plan;

import java.util.List;

/**
 * A small dense basis times a sparse matrix whose rows have one number of non-zeros (DSFormer, Chand 2023): {@code y[n] = sum_j values[n, j] *
 * (basis x)[places[n, j]]}.
 *
 * @param basis [vectors, inputs]
 * @param values [outputs, terms]
 * @param places [outputs, terms], each the row of a basis vector
 */
public record SparseProduct(MatrixRef basis, MatrixRef values, PlaceRef places) implements Weight {

    /** Non-zeros per output. */
    public int terms() {
        return values.columns();
    }

    @Override
    public int rows() {
        return values.rows();
    }

    @Override
    public int columns() {
        return basis.columns();
    }

    @Override
    public List<MatrixRef> matrices() {
        return List.of(basis, values);
    }

    /** Values and places are held beside it. */
    @Override
    public List<Matrix> packed() {
        return List.of(basis);
    }

    @Override
    public int between() {
        return basis.rows();
    }

    @Override
    public SparseProduct rows(int first, int count) {
        return new SparseProduct(basis, values.rows(first, count), places.rows(first, count));
    }

    @Override
    public SparseProduct columns(int first, int count) {
        return new SparseProduct(basis.columns(first, count), values, places);
    }
}
