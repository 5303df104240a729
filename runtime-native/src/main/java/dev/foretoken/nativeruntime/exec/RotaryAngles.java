package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import java.lang.foreign.MemorySegment;

/** The rotation of every token of a step, for one kind of rotary settings. */
sealed interface RotaryAngles permits FixedAngles, LengthAngles {

    /** Called once per step, before the others. */
    void prepare(StepBatch step);

    RotaryTable table();

    /** int32 [tokens]: the table's row of each token. */
    MemorySegment rowsOf(StepBatch step);
}
