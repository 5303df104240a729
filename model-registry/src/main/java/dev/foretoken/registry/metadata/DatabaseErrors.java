package dev.foretoken.registry.metadata;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** What the database refused, in our words. The driver's own words may name hosts and files: they stay in the cause. */
final class DatabaseErrors {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private DatabaseErrors() {}

    static ForetokenException of(Dialect dialect, SQLException e) {
        if (dialect.full(e)) {
            return new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    "the disk of the registry's database is full: nothing was changed; make room and try again",
                    e);
        }
        if (dialect.passes(e) || dialect.unreachable(e)) {
            return unreachable(e);
        }
        return new ForetokenException(
                ErrorCode.INTERNAL_ERROR,
                "the registry's database refused a statement (state " + e.getSQLState() + ", code " + e.getErrorCode()
                        + "): nothing was changed",
                e);
    }

    /** While a database is opened: what only a person can mend; empty for everything else. */
    static Optional<ForetokenException> refusal(Dialect dialect, SQLException e) {
        return dialect.refusal(e)
                .map(why -> new ForetokenException(ErrorCode.CONFIG_INVALID, "the registry's database " + why, e));
    }

    static ForetokenException unreachable(SQLException e) {
        return new ForetokenException(
                        ErrorCode.REGISTRY_UNAVAILABLE,
                        "the registry's database did not answer in time: nothing was changed; try again, or look at its address",
                        e)
                .withRetryAfter(RETRY_AFTER);
    }
}
