package dev.foretoken.contract.fake;

import static dev.foretoken.contract.fake.PlanCheck.require;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
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

    void check(StepPlan plan) {
        for (int part = 0; part < shape.parts().size(); part++) {
            CacheSpec spec = shape.parts().get(part).caches();
            for (int kind = 0; kind < spec.kinds().size(); kind++) {
                checkKind(plan, part, kind, spec);
            }
        }
    }

    private void checkKind(StepPlan plan, int part, int kind, CacheSpec spec) {
        CacheKind cache = spec.kinds().get(kind);
        Map<Integer, Integer> readers = new HashMap<>();
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.get(Column.PART, row) == part) {
                if (!cache.paged()) {
                    require(plan.tableLength(row, kind) == 1, "row " + row + " has no slot of kind " + kind);
                }
                for (int i = firstWritten(plan, row, cache, spec); i < plan.tableLength(row, kind); i++) {
                    Integer other = readers.put(plan.unit(row, kind, i), row);
                    require(other == null, "rows " + other + " and " + row + " both write a unit of kind " + kind);
                }
            }
        }
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.get(Column.PART, row) == part) {
                checkReads(plan, row, kind, readers);
            }
        }
        if (!capabilities.has(Feature.PREFIX_SHARING)) {
            checkUnshared(plan, part, kind);
        }
    }

    private static int firstWritten(StepPlan plan, int row, CacheKind cache, CacheSpec spec) {
        return cache.paged() ? plan.get(Column.FIRST_POSITION, row) / spec.blockTokens() : 0;
    }

    private static void checkReads(StepPlan plan, int row, int kind, Map<Integer, Integer> writers) {
        for (int i = 0; i < plan.tableLength(row, kind); i++) {
            int unit = plan.unit(row, kind, i);
            Integer writer = writers.get(unit);
            if (unit != StepPlan.NO_UNIT && writer != null && writer != row) {
                throw new PlanViolation(
                        "row " + writer + " writes unit " + unit + " of kind " + kind + " that row " + row + " reads");
            }
        }
    }

    private static void checkUnshared(StepPlan plan, int part, int kind) {
        Map<Integer, Integer> owners = new HashMap<>();
        for (int row = 0; row < plan.rows(); row++) {
            for (int i = 0; plan.get(Column.PART, row) == part && i < plan.tableLength(row, kind); i++) {
                int unit = plan.unit(row, kind, i);
                Integer other = unit == StepPlan.NO_UNIT ? null : owners.put(unit, row);
                require(other == null || other == row, "rows " + other + " and " + row + " share unit " + unit);
            }
        }
    }
}
