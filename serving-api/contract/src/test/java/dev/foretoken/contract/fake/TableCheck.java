package dev.foretoken.contract.fake;

import static dev.foretoken.contract.fake.PlanCheck.require;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import java.util.HashMap;
import java.util.Map;

/** Checks the memory of a step's rows: nothing is written that another row reads, nothing is shared that may not be. */
final class TableCheck {

    private final ModelShape shape;
    private final Capabilities capabilities;

    TableCheck(ModelShape shape, Capabilities capabilities) {
        this.shape = shape;
        this.capabilities = capabilities;
    }

    /** A table that rows of a part have: of which part's kind, and for PREDICT rows alone or for all. */
    private record Tables(int part, int table, CacheSpec spec, int kind, boolean predicted) {
        boolean has(StepPlan plan, int row) {
            return plan.get(Column.PART, row) == part && (!predicted || FakeCaches.predicts(plan, row));
        }

        CacheKind cache() {
            return spec.kinds().get(kind);
        }
    }

    void check(StepPlan plan) {
        for (int part = 0; part < shape.parts().size(); part++) {
            CacheSpec spec = shape.parts().get(part).caches();
            for (int kind = 0; kind < spec.kinds().size(); kind++) {
                checkKind(plan, new Tables(part, kind, spec, kind, false));
            }
            CacheSpec base = shape.base().caches();
            boolean predicts = shape.parts().get(part).role() == PartShape.Role.AUXILIARY;
            for (int kind = 0; predicts && kind < base.kinds().size(); kind++) {
                checkKind(plan, new Tables(part, spec.kinds().size() + kind, base, kind, true));
            }
        }
    }

    private void checkKind(StepPlan plan, Tables tables) {
        Map<Integer, Integer> writers = new HashMap<>();
        int table = tables.table();
        for (int row = 0; row < plan.rows(); row++) {
            if (tables.has(plan, row)) {
                if (!tables.cache().paged()) {
                    require(plan.tableLength(row, table) == 1, "row " + row + " has no slot in table " + table);
                }
                for (int i = firstWritten(plan, row, tables); i < plan.tableLength(row, table); i++) {
                    Integer other = writers.put(plan.unit(row, table, i), row);
                    require(other == null, "rows " + other + " and " + row + " both write a unit of table " + table);
                }
            }
        }
        for (int row = 0; row < plan.rows(); row++) {
            if (tables.has(plan, row)) {
                checkReads(plan, row, table, writers);
            }
        }
        if (!capabilities.has(Feature.PREFIX_SHARING)) {
            checkUnshared(plan, tables);
        }
    }

    private static int firstWritten(StepPlan plan, int row, Tables tables) {
        boolean paged = tables.cache().paged();
        return paged ? plan.get(Column.FIRST_POSITION, row) / tables.spec().blockTokens() : 0;
    }

    private static void checkReads(StepPlan plan, int row, int table, Map<Integer, Integer> writers) {
        for (int i = 0; i < plan.tableLength(row, table); i++) {
            int unit = plan.unit(row, table, i);
            Integer writer = writers.get(unit);
            if (unit != StepPlan.NO_UNIT && writer != null && writer != row) {
                throw new PlanViolation("row " + writer + " writes unit " + unit + " of table " + table + " that row "
                        + row + " reads");
            }
        }
    }

    private static void checkUnshared(StepPlan plan, Tables tables) {
        Map<Integer, Integer> owners = new HashMap<>();
        for (int row = 0; row < plan.rows(); row++) {
            for (int i = 0; tables.has(plan, row) && i < plan.tableLength(row, tables.table()); i++) {
                int unit = plan.unit(row, tables.table(), i);
                Integer other = unit == StepPlan.NO_UNIT ? null : owners.put(unit, row);
                require(other == null || other == row, "rows " + other + " and " + row + " share unit " + unit);
            }
        }
    }
}
