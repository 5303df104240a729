package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How much of a tensor its views cover together: what several of them cover counts once. */
public final class Coverage {

    private Coverage() {}

    /** Elements of a tensor that follow one another. */
    private record Run(long first, long count) {
        long end() {
            return first + count;
        }
    }

    /** Elements that at least one of the views has. All are of one tensor. */
    public static long elements(Collection<MatrixRef> views) {
        if (views.size() == 1) {
            return views.iterator().next().elements();
        }
        List<Run> runs = new ArrayList<>();
        views.stream()
                .flatMap(Coverage::runs)
                .sorted(Comparator.comparingLong(Run::first))
                .forEach(runs::add);
        long covered = 0;
        long end = 0;
        for (Run run : runs) {
            covered += Math.max(0, run.end() - Math.max(end, run.first()));
            end = Math.max(end, run.end());
        }
        return covered;
    }

    private static Stream<Run> runs(MatrixRef view) {
        MatrixRef.View at = view.view();
        boolean oneBlock = at.blocks().equals(Blocks.NONE);
        if (at.columnStride() == 1 && oneBlock && at.rowStride() == view.columns()) {
            return Stream.of(new Run(at.offset(), view.elements()));
        }
        if (at.columnStride() == 1) {
            return IntStream.range(0, view.rows()).mapToObj(row -> new Run(view.storedIndex(row, 0), view.columns()));
        }
        if (at.rowStride() == 1 && oneBlock) {
            return IntStream.range(0, view.columns())
                    .mapToObj(column -> new Run(view.storedIndex(0, column), view.rows()));
        }
        return IntStream.range(0, view.rows())
                .boxed()
                .flatMap(row -> IntStream.range(0, view.columns())
                        .mapToObj(column -> new Run(view.storedIndex(row, column), 1)));
    }
}
