package dev.foretoken.batch;

/** Runs requests by the same way as HTTP's: same models, limits, errors and metrics. Called from many threads at a time. */
public interface BatchExecutor {

    /**
     * Runs one request and blocks the (virtual) thread that calls it meanwhile. A request that cannot be run is answered with its error; nothing
     * is thrown for it.
     *
     * @param cancel of this run alone
     * @throws InterruptedException the caller's thread was interrupted; nothing of the request runs any more, or will have ended soon
     */
    BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException;

    /** What the engines of this process report now. Cheap: read often. */
    Room room();
}
