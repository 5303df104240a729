package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/** What the database or the folder refused, in our words. Their own words may name hosts and files: they stay in the cause. */
final class StoreErrors {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private StoreErrors() {}

    static ForetokenException of(Dialect dialect, SQLException e) {
        if (dialect.full(e)) {
            return new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    "the disk of the batches' database is full: nothing was changed; make room and try again",
                    e);
        }
        if (dialect.passes(e) || dialect.unreachable(e)) {
            return new ForetokenException(
                            ErrorCode.REGISTRY_UNAVAILABLE,
                            "the database of batches did not answer in time: nothing was changed; try again",
                            e)
                    .withRetryAfter(RETRY_AFTER);
        }
        return new ForetokenException(
                ErrorCode.INTERNAL_ERROR,
                "the database of batches refused a statement (state " + e.getSQLState() + ", code " + e.getErrorCode()
                        + "): nothing was changed",
                e);
    }

    /** @param doing what failed, such as "storing the file" */
    static ForetokenException of(String doing, IOException e) {
        if (full(e)) {
            return new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    doing
                            + " failed: the disk of the batches' folder is full; delete files that nobody needs and try again",
                    e);
        }
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, doing + " failed", e);
    }

    /** Java has no type for it: the operating system's words are all there is. */
    private static boolean full(IOException e) {
        String text = ("" + e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left")
                || text.contains("disk quota exceeded")
                || text.contains("file too large");
    }
}
