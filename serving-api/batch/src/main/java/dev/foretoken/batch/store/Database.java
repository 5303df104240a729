package dev.foretoken.batch.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The rows. What a work throws undoes all that it did. */
final class Database implements AutoCloseable {

    private static final int CONNECTIONS = 4;
    private static final int MOST_ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

    private final Dialect dialect;
    private final HikariDataSource pool;

    private Database(Dialect dialect, HikariDataSource pool) {
        this.dialect = dialect;
        this.pool = pool;
    }

    /** Opens the database and brings its tables up to date. */
    static Database open(String url) {
        Dialect dialect = Dialect.of(url);
        HikariConfig config = new HikariConfig();
        config.setDataSource(dialect.dataSource(url));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Dialect.WAIT.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setPoolName("batch-store");
        HikariDataSource pool = new HikariDataSource(config);
        try {
            new Migrations(dialect, pool).run();
            return new Database(dialect, pool);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    <T extends @Nullable Object> T read(Work<T> work) {
        return run(false, work);
    }

    <T extends @Nullable Object> T change(Work<T> work) {
        return run(true, work);
    }

    private <T extends @Nullable Object> T run(boolean write, Work<T> work) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return once(write, work);
            } catch (SQLException e) {
                if (!dialect.passes(e) || attempt == MOST_ATTEMPTS) {
                    throw StoreErrors.of(dialect, e);
                }
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = pause.multipliedBy(2);
        }
    }

    private <T extends @Nullable Object> T once(boolean write, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            dialect.begin(connection, write);
            boolean done = false;
            try {
                T result = work.in(new Session(connection));
                dialect.commit(connection);
                done = true;
                return result;
            } finally {
                if (!done) {
                    dialect.rollback(connection);
                }
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
