package dev.foretoken.database;

import dev.foretoken.contract.ForetokenException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database with somebody's tables. {@link #read} sees one state of it, {@link #change} makes the next one or nothing: whatever its work
 * throws undoes it.
 *
 * @param <S> a transaction as those tables
 */
public final class Database<S> implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Pool pool;
    private final Duration patience;
    private final DatabaseErrors errors;
    private final Function<Sql, S> session;

    private Database(Pool pool, DatabaseConfig config, Function<Sql, S> session) {
        this.pool = pool;
        this.patience = config.patience();
        this.errors = new DatabaseErrors(config);
        this.session = session;
    }

    /**
     * Opens the database and brings its tables up to date.
     *
     * @throws ForetokenException CONFIG_INVALID for another url, tables of a newer program, and what
     *     the database refuses; REGISTRY_UNAVAILABLE when nobody answers
     */
    public static <S> Database<S> open(DatabaseConfig config, Tables tables, Function<Sql, S> session) {
        awaitAnswer(config);
        Pool pool = Pool.of(config);
        try {
            new Migrations(config, tables, pool).run();
            return new Database<>(pool, config, session);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    /** Waits for a database that is starting; the pool would wait as long for one that refuses. */
    private static void awaitAnswer(DatabaseConfig config) {
        DatabaseErrors errors = new DatabaseErrors(config);
        DataSource source = config.dialect().dataSource(config);
        long begun = System.nanoTime();
        while (true) {
            try (Connection _ = source.getConnection()) {
                return;
            } catch (SQLException e) {
                Optional<ForetokenException> refusal = errors.refusal(e);
                if (refusal.isPresent()) {
                    throw refusal.get();
                }
                if (System.nanoTime() - begun > config.patience().toNanos()) {
                    throw errors.unreachable(e);
                }
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** What {@code work} finds in one state of the database. @throws ForetokenException REGISTRY_UNAVAILABLE when it does not answer */
    public <T extends @Nullable Object> T read(Work<S, T> work) {
        return again(() -> pool.read(sql -> work.in(session.apply(sql))));
    }

    /** Does it as one. @throws ForetokenException REGISTRY_UNAVAILABLE, STORAGE_FULL */
    public <T extends @Nullable Object> T change(Work<S, T> work) {
        return again(() -> pool.change(sql -> work.in(session.apply(sql))));
    }

    private interface Attempt<T extends @Nullable Object> {
        T make() throws SQLException;
    }

    private <T extends @Nullable Object> T again(Attempt<T> attempt) {
        long pause = FIRST_PAUSE.toNanos();
        long begun = System.nanoTime();
        for (int tried = 1; ; tried++) {
            try {
                return attempt.make();
            } catch (SQLException e) {
                boolean late = tried == MOST_ATTEMPTS || System.nanoTime() - begun > patience.toNanos();
                if (late || !errors.passes(e)) {
                    throw errors.of(e);
                }
                LockSupport.parkNanos(pause);
                pause *= 2;
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
