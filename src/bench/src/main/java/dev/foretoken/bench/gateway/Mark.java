package dev.foretoken.bench.gateway;

import java.util.Optional;

/**
 * When a pod had a request and gave its first token, on the machine's monotonic clock, which processes share.
 *
 * @param seed of the request's sampling: the name by which the client knows it
 */
record Mark(long seed, long submittedNanos, long emittedNanos) {

    private static final String WORD = "mark";

    String line() {
        return WORD + " " + seed + " " + submittedNanos + " " + emittedNanos;
    }

    /** Empty for another line. */
    static Optional<Mark> parse(String line) {
        String[] parts = line.split(" ", -1);
        return parts.length == 4 && parts[0].equals(WORD)
                ? Optional.of(new Mark(Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3])))
                : Optional.empty();
    }
}
