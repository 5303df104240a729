package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All memory of a fake runtime, by part and kind, and the commands on it. */
final class FakeCaches {

    private final ModelShape shape;
    private final List<List<KindStore>> stores = new ArrayList<>();
    private final Map<Integer, AdapterWeights> adapters = new HashMap<>();

    FakeCaches(ModelShape shape, CacheReservation reservation) {
        this.shape = shape;
        for (int part = 0; part < shape.parts().size(); part++) {
            CacheSpec spec = shape.parts().get(part).caches();
            List<KindStore> kinds = new ArrayList<>();
            for (int kind = 0; kind < spec.kinds().size(); kind++) {
                kinds.add(KindStore.of(spec, kind, reservation.units(part, kind), reservation.checkpoints()));
            }
            stores.add(kinds);
        }
    }

    List<KindStore> kinds(int part) {
        return stores.get(part);
    }

    Set<Integer> checkpoints(int part) {
        Set<Integer> numbers = new HashSet<>();
        for (KindStore store : kinds(part)) {
            if (store instanceof StateStore state) {
                numbers.addAll(state.checkpoints());
            }
        }
        return numbers;
    }

    /** A step failed: what its rows wrote is undefined. */
    void garble(StepPlan plan) {
        for (int row = 0; row < plan.rows(); row++) {
            for (KindStore store : kinds(plan.get(StepPlan.Column.PART, row))) {
                store.garble(plan, row);
            }
            for (int kind = 0; predicts(plan, row) && kind < kinds(0).size(); kind++) {
                paged(0, kind).garble(plan, row, predictedTable(plan, row, kind));
            }
        }
    }

    static boolean predicts(StepPlan plan, int row) {
        return plan.get(StepPlan.Column.KIND, row) == RowKind.PREDICT.ordinal();
    }

    /** Makes what the maps give of a position readable in the base's kinds. */
    void predict(StepPlan plan, int row, int position, long digest) {
        for (int kind = 0; kind < kinds(0).size(); kind++) {
            long entry = FakeArithmetic.predicted(digest, kind, position);
            paged(0, kind).write(plan, row, predictedTable(plan, row, kind), position, entry);
        }
    }

    /** The base's tables stand behind those of the row's own part. */
    private int predictedTable(StepPlan plan, int row, int kind) {
        return kinds(plan.get(StepPlan.Column.PART, row)).size() + kind;
    }

    boolean hasAdapter(int adapter) {
        return adapters.containsKey(adapter);
    }

    void apply(CacheCommand command) {
        switch (command) {
            case CacheCommand.CopyBlock c -> paged(c.part(), c.kind()).copy(c.from(), c.to());
            case CacheCommand.ResetSlot c -> reset(c);
            case CacheCommand.SaveState c -> state(c.part(), c.kind()).save(c.slot(), c.checkpoint());
            case CacheCommand.RestoreState c -> state(c.part(), c.kind()).restore(c.checkpoint(), c.slot());
            case CacheCommand.DropState c -> state(c.part(), c.kind()).drop(c.checkpoint());
            case CacheCommand.ExportBlocks c -> export(c);
            case CacheCommand.ImportBlocks c -> importBlocks(c);
            case CacheCommand.LoadAdapter c -> {
                if (adapters.putIfAbsent(c.adapter(), c.weights()) != null) {
                    throw new PlanViolation("adapter " + c.adapter() + " is loaded already");
                }
            }
            case CacheCommand.UnloadAdapter c -> {
                AdapterWeights weights = adapters.remove(c.adapter());
                if (weights == null) {
                    throw new PlanViolation("adapter " + c.adapter() + " is not loaded");
                }
                weights.close();
            }
        }
    }

    private void reset(CacheCommand.ResetSlot command) {
        switch (kinds(command.part()).get(command.kind())) {
            case PagedStore s -> throw new PlanViolation("kind " + command.kind() + " has blocks, not slots");
            case SlotStore s -> s.reset(command.slot());
            case StateStore s -> s.reset(command.slot());
        }
    }

    private void export(CacheCommand.ExportBlocks command) {
        long bytes = shape.parts().get(command.part()).caches().unitBytes(command.kind());
        for (int i = 0; i < command.blocks().size(); i++) {
            paged(command.part(), command.kind())
                    .exportTo(command.blocks().get(i), command.target().asSlice(i * bytes, bytes), bytes);
        }
    }

    private void importBlocks(CacheCommand.ImportBlocks command) {
        long bytes = shape.parts().get(command.part()).caches().unitBytes(command.kind());
        for (int i = 0; i < command.blocks().size(); i++) {
            paged(command.part(), command.kind())
                    .importFrom(command.blocks().get(i), command.source().asSlice(i * bytes, bytes), bytes);
        }
    }

    private PagedStore paged(int part, int kind) {
        if (kinds(part).get(kind) instanceof PagedStore store) {
            return store;
        }
        throw new PlanViolation("kind " + kind + " of part " + part + " has no blocks");
    }

    private StateStore state(int part, int kind) {
        if (kinds(part).get(kind) instanceof StateStore store) {
            return store;
        }
        throw new PlanViolation("kind " + kind + " of part " + part + " has no recurrent state");
    }
}
