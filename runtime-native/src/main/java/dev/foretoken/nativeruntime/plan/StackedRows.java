package dev.foretoken.nativeruntime.plan;

import java.util.List;

/**
 * Matrices below one another that are copied into one when it is loaded: rows picked here and there out of a tensor, which {@link JoinedRows}
 * would compute as one product each.
 *
 * @param parts all of the same number of columns
 */
public record StackedRows(List<MatrixRef> parts) implements Matrix {
    public StackedRows {
        parts = List.copyOf(parts);
    }

    @Override
    public int rows() {
        return joined().rows();
    }

    @Override
    public int columns() {
        return joined().columns();
    }

    @Override
    public List<MatrixRef> matrices() {
        return parts;
    }

    @Override
    public StackedRows rows(int first, int count) {
        return new StackedRows(joined().rows(first, count).parts());
    }

    @Override
    public StackedRows columns(int first, int count) {
        return new StackedRows(joined().columns(first, count).parts());
    }

    private JoinedRows joined() {
        return new JoinedRows(parts);
    }
}
