package dev.foretoken.bench.batch;

import java.util.Optional;

/**
 * What a worker's process says of itself a few times a second, as a line between processes.
 *
 * @param answered requests whose transaction is committed
 * @param inFlight requests that run now
 * @param limit of them
 * @param heapBytes in use, garbage included
 */
record WorkerState(long answered, long inFlight, long limit, long heapBytes) {

    static final WorkerState NONE = new WorkerState(0, 0, 0, 0);

    private static final String WORD = "state";
    private static final int PARTS = 5;

    String line() {
        return WORD + " " + answered + " " + inFlight + " " + limit + " " + heapBytes;
    }

    /** Empty for another line. */
    static Optional<WorkerState> parse(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != PARTS || !parts[0].equals(WORD)) {
            return Optional.empty();
        }
        return Optional.of(new WorkerState(number(parts[1]), number(parts[2]), number(parts[3]), number(parts[4])));
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }
}
