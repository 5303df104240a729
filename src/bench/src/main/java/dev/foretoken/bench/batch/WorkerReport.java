package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.WorkerLimits;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import java.util.List;

/**
 * What a worker costs per request; its JSON form is the file format {@code foretoken.bench.batch-worker/2}.
 *
 * @param repeated committed answers of ids that had one
 * @param memory at each tenth of the requests
 * @param liveBytes of the worker's heap at the end, without garbage
 */
record WorkerReport(
        String schema,
        Provenance provenance,
        Load load,
        Speed speed,
        long repeated,
        Cpu cpu,
        Window window,
        List<Memory> memory,
        long liveBytes) {

    static final String SCHEMA = "foretoken.bench.batch-worker/2";

    /** What was asked for. */
    record Load(int requests, int partitions, int promptCharacters, int answerCharacters) {}

    /**
     * From the beginning of the worker, whose Java runs by then and has compiled nothing, to the last answer read.
     *
     * @param requestsPerCpuSecond of the worker's process, from its start
     * @param tenths requests per second in each tenth of the requests
     */
    record Speed(double seconds, double requestsPerSecond, double requestsPerCpuSecond, Spread tenths) {}

    /** User and system time, that of the worker from its process's start. */
    record Cpu(double workerSeconds, double brokerSeconds, double readerSeconds) {}

    /** What a worker holds at most, by its limits. */
    record Window(int requests, long bytes, int rememberedIds) {
        static Window of(WorkerLimits limits) {
            return new Window(limits.heldRequests(), limits.heldBytes(), limits.rememberedIds());
        }
    }

    /**
     * Of the worker's process when so many requests were answered; 0 = not known.
     *
     * @param heapPeakBytes of the heap so far, garbage included
     * @param ids known as answered, as the worker has told last: some hundred milliseconds ago
     * @param idBytes of the heap that these take
     */
    record Memory(
            long answered, long heapPeakBytes, long residentBytes, long residentPeakBytes, long ids, long idBytes) {}
}
