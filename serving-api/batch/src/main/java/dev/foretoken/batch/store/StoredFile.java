package dev.foretoken.batch.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A file that is whole.
 *
 * @param tenant whose it is; empty = nobody's in particular
 * @param purpose {@link #INPUT} or {@link #OUTPUT}
 * @param name as its owner calls it; never a path here
 * @param expires after which it is removed; empty = it stays
 */
public record StoredFile(
        String id, String tenant, String purpose, String name, long bytes, Instant created, Optional<Instant> expires) {

    /** Of a file with requests. */
    public static final String INPUT = "batch";
    /** Of a file with answers or errors. */
    public static final String OUTPUT = "batch_output";

    public boolean isOver(Instant now) {
        return expires.isPresent() && !now.isBefore(expires.get());
    }
}
