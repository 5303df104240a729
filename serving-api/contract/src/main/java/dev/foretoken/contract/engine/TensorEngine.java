package dev.foretoken.contract.engine;

import dev.foretoken.contract.runtime.TensorSignature;

/** Runs graphs of tensors: the scheduler's host in this process, or a pod behind gRPC. Any thread may call it. */
public interface TensorEngine {

    /**
     * What a model takes and makes. One that is offered, and of which that cannot be told otherwise, is loaded for it, the first time.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_NOT_FOUND; UNSUPPORTED_FEATURE for a model that is no graph of tensors; what
     *     its load fails with; REPLICA_UNAVAILABLE
     */
    TensorSignature signature(String model);

    /**
     * Runs a graph once and blocks until its outputs are there; a model that is offered is loaded for it. An interrupt of the caller cancels:
     * what was not begun is not run, and a graph that is a loop ends with its iteration.
     *
     * <p>Requests that wait together may be computed together; each one's rows equal those it would have alone to about 1e-5 of their scale,
     * not to the bit.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_NOT_FOUND, MODEL_LOADING, UNSUPPORTED_FEATURE; INVALID_REQUEST (a name, type,
     *     shape or size that the graph does not take; a session that is not open); PAYLOAD_TOO_LARGE; QUEUE_FULL, SHARE_FULL (with the time after
     *     which to retry); DEADLINE_EXCEEDED (before the run, or between the iterations of a loop); CANCELLED, DRAINING, RUNTIME_FAILED,
     *     INSUFFICIENT_MEMORY, REPLICA_UNAVAILABLE, REPLICA_LOST
     */
    TensorAnswer infer(TensorRequest request);
}
