package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.JoinedColumns;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.StackedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What is kept of outputs or inputs.
 *
 * @param kept ascending
 */
record Picks(List<Integer> kept) {

    /** Kept ones that follow one another. */
    private record Run(int first, int count) {}

    Picks {
        kept = List.copyOf(kept);
    }

    int size() {
        return kept.size();
    }

    /** The same where each is {@code width} in a row. */
    Picks wide(int width) {
        List<Integer> all = new ArrayList<>();
        for (int pick : kept) {
            for (int i = 0; i < width; i++) {
                all.add(pick * width + i);
            }
        }
        return new Picks(all);
    }

    Matrix rows(MatrixRef ref) {
        List<MatrixRef> parts = parts((first, count) -> ref.rows(first, count));
        return parts.size() == 1 ? parts.getFirst() : new StackedRows(parts);
    }

    Matrix columns(MatrixRef ref) {
        List<MatrixRef> parts = parts((first, count) -> ref.columns(first, count));
        return parts.size() == 1 ? parts.getFirst() : new JoinedColumns(parts);
    }

    float[] of(float[] numbers) {
        float[] picked = new float[kept.size()];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = numbers[kept.get(i)];
        }
        return picked;
    }

    private List<MatrixRef> parts(BiFunction<Integer, Integer, MatrixRef> cut) {
        List<Run> runs = new ArrayList<>();
        for (int pick : kept) {
            if (!runs.isEmpty() && pick == runs.getLast().first + runs.getLast().count) {
                Run last = runs.removeLast();
                runs.add(new Run(last.first, last.count + 1));
            } else {
                runs.add(new Run(pick, 1));
            }
        }
        return runs.stream().map(run -> cut.apply(run.first, run.count)).toList();
    }
}
