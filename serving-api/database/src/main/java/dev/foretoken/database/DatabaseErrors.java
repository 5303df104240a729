package dev.foretoken.database;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Optional;

/** What a database refused, in our words. The driver's own words may name hosts and files: they stay in the cause. */
final class DatabaseErrors {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final String name;
    private final Dialect dialect;

    DatabaseErrors(DatabaseConfig config) {
        this.name = config.name();
        this.dialect = config.dialect();
    }

    /** Whether the same work may succeed when it is done again. */
    boolean passes(SQLException e) {
        return dialect.passes(e);
    }

    ForetokenException of(SQLException e) {
        if (dialect.full(e)) {
            return new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    "the disk of " + name + " is full: nothing was changed; make room and try again",
                    e);
        }
        if (e instanceof UnheardCommit) {
            return new ForetokenException(
                    ErrorCode.REGISTRY_UNAVAILABLE,
                    name
                            + " broke off as it was told to keep a change: whether anything was changed is not known; look before you try again",
                    e);
        }
        if (isAway(e)) {
            return unreachable(e);
        }
        return new ForetokenException(
                ErrorCode.INTERNAL_ERROR,
                name + " refused a statement (state " + e.getSQLState() + ", code " + e.getErrorCode()
                        + "): nothing was changed",
                e);
    }

    /** Whether it may answer later. The pool's own words for having no connection are a transient exception without a state. */
    boolean isAway(SQLException e) {
        return dialect.passes(e) || dialect.unreachable(e) || e instanceof SQLTransientException;
    }

    /** While a database is opened: what only a person can mend; empty for everything else. */
    Optional<ForetokenException> refusal(SQLException e) {
        return dialect.refusal(e).map(why -> new ForetokenException(ErrorCode.CONFIG_INVALID, name + " " + why, e));
    }

    ForetokenException unreachable(SQLException e) {
        return new ForetokenException(
                        ErrorCode.REGISTRY_UNAVAILABLE,
                        name + " did not answer in time: nothing was changed; try again, or look at its address",
                        e)
                .withRetryAfter(RETRY_AFTER);
    }
}
