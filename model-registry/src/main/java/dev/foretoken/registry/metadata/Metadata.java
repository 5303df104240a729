package dev.foretoken.registry.metadata;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.foretoken.contract.ForetokenException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The registry's database. {@link #read} sees one state of it, {@link #change} makes the next one or nothing: whatever its work throws
 * undoes it.
 */
public final class Metadata implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Dialect dialect;
    private final HikariDataSource pool;

    private Metadata(Dialect dialect, HikariDataSource pool) {
        this.dialect = dialect;
        this.pool = pool;
    }

    /**
     * Opens the database and brings its tables up to date.
     *
     * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=...&password=...}
     * @throws ForetokenException CONFIG_INVALID for another url, tables of a newer program, and what
     *     the database refuses; REGISTRY_UNAVAILABLE when nobody answers
     */
    public static Metadata open(String url) {
        Dialect dialect = Dialect.of(url);
        HikariConfig config = new HikariConfig();
        config.setDataSource(dialect.dataSource(url));
        config.setMaximumPoolSize(dialect.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Dialect.WAIT.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setPoolName("registry-metadata");
        awaitAnswer(dialect, config.getDataSource());
        HikariDataSource pool = new HikariDataSource(config);
        try {
            new Migrations(dialect, pool, url).run();
            return new Metadata(dialect, pool);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    /** Waits for a database that is starting; the pool would wait as long for one that refuses. */
    private static void awaitAnswer(Dialect dialect, DataSource source) {
        long begun = System.nanoTime();
        while (true) {
            try (Connection _ = source.getConnection()) {
                return;
            } catch (SQLException e) {
                Optional<ForetokenException> refusal = DatabaseErrors.refusal(dialect, e);
                if (refusal.isPresent()) {
                    throw refusal.get();
                }
                if (System.nanoTime() - begun > Dialect.WAIT.toNanos()) {
                    throw DatabaseErrors.unreachable(e);
                }
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** What {@code work} finds in one state of the database. */
    public <T extends @Nullable Object> T read(Work<T> work) {
        return run(Access.READ, work);
    }

    /** Makes a change and bumps the revision with it; one writer at a time. */
    public <T extends @Nullable Object> T change(Work<T> work) {
        return run(Access.CHANGE, work);
    }

    /** A change that nobody who watches the revision needs to see: how far a job has come. */
    public <T extends @Nullable Object> T note(Work<T> work) {
        return run(Access.NOTE, work);
    }

    /** Grows with every {@link #change} by anyone. */
    public long revision() {
        return read(Session::revision);
    }

    @Override
    public void close() {
        pool.close();
    }

    private <T extends @Nullable Object> T run(Access access, Work<T> work) {
        long pause = FIRST_PAUSE.toNanos();
        long begun = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                return once(access, work);
            } catch (SQLException e) {
                boolean late = attempt == MOST_ATTEMPTS || System.nanoTime() - begun > Dialect.WAIT.toNanos();
                if (late || !dialect.passes(e)) {
                    throw DatabaseErrors.of(dialect, e);
                }
                LockSupport.parkNanos(pause);
                pause *= 2;
            }
        }
    }

    private <T extends @Nullable Object> T once(Access access, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            dialect.begin(connection, access != Access.READ);
            boolean committed = false;
            try {
                Session session = new Session(connection);
                if (access == Access.CHANGE) {
                    session.bumpRevision();
                }
                T result = work.in(session);
                dialect.commit(connection);
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    dialect.rollback(connection);
                }
            }
        }
    }

    private enum Access {
        READ,
        NOTE,
        CHANGE,
    }
}
