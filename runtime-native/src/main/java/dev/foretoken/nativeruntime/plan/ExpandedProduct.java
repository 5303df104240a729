package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** A {@link SparseProduct} that is multiplied out when it is loaded: small on disk, one matrix in memory. */
public record ExpandedProduct(SparseProduct product) implements Matrix {
    @Override
    public int rows() {
        return product.rows();
    }

    @Override
    public int columns() {
        return product.columns();
    }

    @Override
    public List<MatrixRef> matrices() {
        return product.matrices();
    }

    @Override
    public ExpandedProduct rows(int first, int count) {
        return new ExpandedProduct(product.rows(first, count));
    }

    @Override
    public ExpandedProduct columns(int first, int count) {
        return new ExpandedProduct(product.columns(first, count));
    }
}
