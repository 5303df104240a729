package dev.foretoken.bench.batch;

import java.util.Optional;

/**
 * What a worker's process says of itself a few times a second, as a line between processes.
 *
 * @param answered requests whose transaction is committed
 * @param inFlight requests that run now
 * @param limit of them
 * @param heapBytes in use, garbage included
 * @param ids that it knows as answered
 * @param idBytes that these take, of its heap
 */
record WorkerState(long answered, long inFlight, long limit, long heapBytes, long ids, long idBytes) {

    static final WorkerState NONE = new WorkerState(0, 0, 0, 0, 0, 0);

    private static final String WORD = "state";
    private static final int PARTS = 7;

    String line() {
        return WORD + " " + answered + " " + inFlight + " " + limit + " " + heapBytes + " " + ids + " " + idBytes;
    }

    /** Empty for another line. */
    static Optional<WorkerState> parse(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != PARTS || !parts[0].equals(WORD)) {
            return Optional.empty();
        }
        return Optional.of(new WorkerState(
                number(parts[1]),
                number(parts[2]),
                number(parts[3]),
                number(parts[4]),
                number(parts[5]),
                number(parts[6])));
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }
}
