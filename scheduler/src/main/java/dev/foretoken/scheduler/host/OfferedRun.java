package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.ServiceLevel;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Runs a graph that may have to be loaded first. */
record OfferedRun(ServedModel model, Residency residency, LongSupplier nanoTime) {

    /** A graph that is loaded for a request may be unloaded before the request reaches it; but not often. */
    private static final int TRIES = 3;

    TensorAnswer infer(TensorRequest request) {
        long deadline = request.service()
                .timeout()
                .map(time -> nanoTime.getAsLong() + time.toNanos())
                .orElse(Long.MAX_VALUE);
        model.requireTensors(); // before it is loaded for nothing
        for (int attempt = 1; ; attempt++) {
            try {
                return model.infer(within(request, deadline));
            } catch (ForetokenException e) {
                if (e.code() != ErrorCode.DRAINING || attempt == TRIES) {
                    throw e;
                }
            }
            residency.await(model, deadline);
        }
    }

    private TensorRequest within(TensorRequest request, long deadline) {
        if (deadline == Long.MAX_VALUE) {
            return request;
        }
        ServiceLevel level = request.service();
        return request.withService(level.withTimeout(Duration.ofNanos(Math.max(0, deadline - nanoTime.getAsLong()))));
    }
}
