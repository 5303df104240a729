package dev.foretoken.nativeruntime.exec;

import java.lang.foreign.MemorySegment;

/** A mixer bound to its weights and buffers. Allocates nothing while it runs. */
sealed interface ComputedMixer
        permits ComputedAttention,
                ComputedMlp,
                ComputedMoe,
                ComputedProjection,
                ComputedSharedExpert,
                ComputedMamba,
                ComputedMamba2,
                ComputedDeltaNet,
                ComputedLatentAttention {

    /** Writes what it was bound to write. {@code input}: fp32 [tokens, hidden], not changed. */
    void run(StepBatch step, MemorySegment input);
}
