package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Projection;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link Projection}. */
final class ComputedProjection implements ComputedMixer {

    private final SharedInput map;

    ComputedProjection(Projection projection, Binding binding, MemorySegment out) {
        this.map = binding.sharing(List.of(projection.map()), List.of(out));
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        map.multiply(input, step.tokens());
    }
}
