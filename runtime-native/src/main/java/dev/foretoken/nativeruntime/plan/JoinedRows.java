package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Matrices below one another, each of which gives some of the outputs. They stay apart in memory, so that what other maps use as well is held
 * once.
 *
 * @param parts all of the same number of columns
 */
public record JoinedRows(List<MatrixRef> parts) implements Weight {
    public JoinedRows {
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
    public List<Matrix> packed() {
        return List.copyOf(parts);
    }

    @Override
    public JoinedRows rows(int first, int count) {
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
        return new JoinedRows(kept);
    }

    @Override
    public JoinedRows columns(int first, int count) {
        return new JoinedRows(
                parts.stream().map(part -> part.columns(first, count)).toList());
    }
}
