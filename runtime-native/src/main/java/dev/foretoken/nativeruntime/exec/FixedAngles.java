package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.plan.RotaryFrequencies;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import java.lang.foreign.MemorySegment;

/** Angles that depend on the position alone: one table by position, doubled when a sequence gets further than any before. */
final class FixedAngles implements RotaryAngles {

    private static final int FIRST_POSITIONS = 512;

    private final float[] inverse;
    private final float factor;
    private final int contextTokens;
    private final RotaryPairing pairing;
    private RotaryTable table;

    FixedAngles(RotarySettings settings, int contextTokens) {
        this.inverse = new float[settings.dims() / 2];
        RotaryFrequencies.inverse(settings, contextTokens, inverse);
        this.factor = RotaryFrequencies.attentionFactor(settings);
        this.contextTokens = contextTokens;
        this.pairing = settings.pairing();
        this.table = computed(Math.min(FIRST_POSITIONS, contextTokens));
    }

    private RotaryTable computed(int positions) {
        RotaryTable fresh = AngleRows.allocate(positions, inverse.length, pairing);
        for (int position = 0; position < positions; position++) {
            AngleRows.fill(fresh, position, position, inverse, factor);
        }
        return fresh;
    }

    @Override
    public void prepare(StepBatch step) {
        if (step.endPosition() > table.positions()) {
            table = computed(Math.min(contextTokens, Math.max(step.endPosition(), 2 * table.positions())));
        }
    }

    @Override
    public RotaryTable table() {
        return table;
    }

    @Override
    public MemorySegment rowsOf(StepBatch step) {
        return step.positions();
    }
}
