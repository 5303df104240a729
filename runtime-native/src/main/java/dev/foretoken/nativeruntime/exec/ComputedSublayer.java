package dev.foretoken.nativeruntime.exec;

/** A sublayer bound to its weights and buffers. Allocates nothing while it runs. */
sealed interface ComputedSublayer permits ComputedAttention, ComputedMlp {
    void run(StepBatch step);
}
