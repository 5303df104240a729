package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Matrices beside one another, each of which takes some of the inputs. A sum over inputs is one chain in one order, so they are copied into one
 * matrix when it is loaded.
 *
 * @param parts all of the same number of rows
 */
public record JoinedColumns(List<MatrixRef> parts) implements Matrix {
    public JoinedColumns {
        parts = List.copyOf(parts);
    }

    @Override
    public int rows() {
        return parts.getFirst().rows();
    }

    @Override
    public int columns() {
        return parts.stream().mapToInt(MatrixRef::columns).sum();
    }

    @Override
    public List<MatrixRef> matrices() {
        return parts;
    }

    @Override
    public JoinedColumns rows(int first, int count) {
        return new JoinedColumns(
                parts.stream().map(part -> part.rows(first, count)).toList());
    }

    @Override
    public JoinedColumns columns(int first, int count) {
        List<MatrixRef> kept = new ArrayList<>();
        int start = 0;
        for (MatrixRef part : parts) {
            int from = Math.max(first - start, 0);
            int to = Math.min(first + count - start, part.columns());
            if (from < to) {
                kept.add(part.columns(from, to - from));
            }
            start += part.columns();
        }
        return new JoinedColumns(kept);
    }
}
