package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
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
        return parts.stream().mapToInt(MatrixRef::rows).sum();
    }

    @Override
    public int columns() {
        return parts.getFirst().columns();
    }

    @Override
    public List<MatrixRef> matrices() {
        return parts;
    }

    @Override
    public StackedRows rows(int first, int count) {
        List<MatrixRef> kept = new ArrayList<>();
        int start = 0;
        for (MatrixRef part : parts) {
            int from = Math.max(first - start, 0);
            int to = Math.min(first + count - start, part.rows());
            if (from < to) {
                kept.add(part.rows(from, to - from));
            }
            start += part.rows();
        }
        return new StackedRows(kept);
    }

    @Override
    public StackedRows columns(int first, int count) {
        return new StackedRows(
                parts.stream().map(part -> part.columns(first, count)).toList());
    }
}
