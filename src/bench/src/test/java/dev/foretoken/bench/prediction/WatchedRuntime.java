package dev.foretoken.bench.prediction;

import dev.foretoken.bench.scripted.WrappedRuntime;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Notes every row, and what K and V the base read when it drew a token. */
final class WatchedRuntime extends WrappedRuntime {
    final List<Row> rows = new CopyOnWriteArrayList<>();
    /** K and V of the whole blocks of sequences, as hexadecimal digits, by how many positions were computed. */
    final Map<Integer, String> keysAndValues = new ConcurrentHashMap<>();

    private final Consumer<Row> onRow;
    private final boolean copies;
    private final Map<Integer, List<List<Integer>>> toCopy = new TreeMap<>();

    /** One row of a step, with a number for its step. */
    record Row(int step, PartShape.Role role, RowKind kind, int first, int count, boolean draws) {}

    private int step;

    /** @param copies whether K and V are read back after each step */
    WatchedRuntime(SequenceRuntime inner, boolean copies, Consumer<Row> onRow) {
        super(inner);
        this.copies = copies;
        this.onRow = onRow;
    }

    @Override
    public void begin(StepPlan plan) {
        step++;
        for (int row = 0; row < plan.rows(); row++) {
            Row seen = new Row(
                    step,
                    shape().parts().get(plan.get(Column.PART, row)).role(),
                    RowKind.values()[plan.get(Column.KIND, row)],
                    plan.get(Column.FIRST_POSITION, row),
                    plan.get(Column.TOKEN_COUNT, row),
                    plan.wants(row, StepPlan.WANT_SAMPLE));
            rows.add(seen);
            if (copies && seen.role() == PartShape.Role.BASE && seen.draws()) {
                toCopy.put(seen.first() + seen.count(), tables(plan, row, seen.first() + seen.count()));
            }
            onRow.accept(seen);
        }
        super.begin(plan);
    }

    private List<List<Integer>> tables(StepPlan plan, int row, int end) {
        CacheSpec caches = shape().base().caches();
        int whole = end / caches.blockTokens();
        List<List<Integer>> tables = new ArrayList<>();
        for (int kind = 0; kind < caches.kinds().size(); kind++) {
            int table = kind;
            boolean all = caches.kinds().get(kind) instanceof CacheKind.PagedKv;
            tables.add(
                    all
                            ? IntStream.range(0, whole)
                                    .mapToObj(i -> plan.unit(row, table, i))
                                    .toList()
                            : List.of());
        }
        return tables;
    }

    @Override
    public StepResult await() {
        StepResult result = super.await();
        toCopy.forEach((end, tables) -> keysAndValues.put(end, copied(tables)));
        toCopy.clear();
        return result;
    }

    private String copied(List<List<Integer>> tables) {
        StringBuilder digits = new StringBuilder();
        for (int kind = 0; kind < tables.size(); kind++) {
            List<Integer> blocks = tables.get(kind);
            if (!blocks.isEmpty()) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment target = arena.allocate(
                            blocks.size() * shape().base().caches().unitBytes(kind), 64);
                    apply(new CacheCommand.ExportBlocks(0, kind, blocks, target));
                    digits.append(HexFormat.of().formatHex(target.toArray(ValueLayout.JAVA_BYTE)));
                }
            }
        }
        return digits.toString();
    }
}
