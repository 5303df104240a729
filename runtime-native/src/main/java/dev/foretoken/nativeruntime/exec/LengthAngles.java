package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.plan.RotaryFrequencies;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Angles that depend on how long the sequence can get, which is fixed at its admission: one table row per token of the step. */
final class LengthAngles implements RotaryAngles {

    private final RotarySettings settings;
    private final float[] inverse;
    private final float factor;
    private final RotaryTable table;
    private final MemorySegment rows;

    LengthAngles(RotarySettings settings, int stepTokens) {
        this.settings = settings;
        this.inverse = new float[settings.dims() / 2];
        this.factor = RotaryFrequencies.attentionFactor(settings);
        this.table = AngleRows.allocate(stepTokens, inverse.length, settings.pairing());
        this.rows = Arena.ofAuto().allocate((long) stepTokens * Integer.BYTES, 64);
        for (int i = 0; i < stepTokens; i++) {
            rows.setAtIndex(ValueLayout.JAVA_INT, i, i);
        }
    }

    @Override
    public void prepare(StepBatch step) {
        StepPlan plan = step.plan();
        for (int row = 0; row < plan.rows(); row++) {
            RotaryFrequencies.inverse(settings, plan.sequence(row).maxLength(), inverse);
            int offset = plan.get(Column.TOKEN_OFFSET, row);
            int first = plan.get(Column.FIRST_POSITION, row);
            for (int i = 0; i < plan.get(Column.TOKEN_COUNT, row); i++) {
                AngleRows.fill(table, offset + i, first + i, inverse, factor);
            }
        }
    }

    @Override
    public RotaryTable table() {
        return table;
    }

    @Override
    public MemorySegment rowsOf(StepBatch step) {
        return rows;
    }
}
