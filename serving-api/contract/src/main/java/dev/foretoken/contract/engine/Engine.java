package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.GenerationRequest;
import java.util.List;

/** Answers generation requests: the scheduler's host in this process, or a pod behind gRPC. */
public interface Engine {

    /**
     * Takes a request or refuses it at once.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_NOT_FOUND, MODEL_LOADING, CONTEXT_LENGTH_EXCEEDED, INVALID_REQUEST (a token
     *     id outside the vocabulary), UNSUPPORTED_FEATURE, QUEUE_FULL and SHARE_FULL (with the time after which to retry), DRAINING,
     *     INSUFFICIENT_MEMORY, REPLICA_UNAVAILABLE
     */
    Generation submit(GenerationRequest request);

    /** Every variant this engine knows, ready or not. */
    List<ModelInfo> models();

    LoadReport report();
}
