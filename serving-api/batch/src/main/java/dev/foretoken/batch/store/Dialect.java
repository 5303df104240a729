package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** What the two databases do differently. */
enum Dialect {
    /** One file. {@code BEGIN IMMEDIATE} takes the one writer's place before anything is read. */
    SQLITE {
        @Override
        DataSource dataSource(String url) {
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setBusyTimeout((int) WAIT.toMillis());
            SQLiteDataSource source = new SQLiteDataSource(config);
            source.setUrl(url);
            return source;
        }

        @Override
        void begin(Connection connection, boolean write) throws SQLException {
            execute(connection, write ? "BEGIN IMMEDIATE" : "BEGIN");
        }

        @Override
        void commit(Connection connection) throws SQLException {
            execute(connection, "COMMIT");
        }

        @Override
        void rollback(Connection connection) throws SQLException {
            execute(connection, "ROLLBACK");
        }

        @Override
        boolean passes(SQLException e) {
            return primary(e) == SQLITE_BUSY || primary(e) == SQLITE_LOCKED;
        }

        @Override
        boolean full(SQLException e) {
            return primary(e) == SQLITE_FULL;
        }

        @Override
        boolean unreachable(SQLException e) {
            return primary(e) == SQLITE_CANTOPEN;
        }
    },

    /** The one row of {@code batch_state}, taken first, makes writers wait for each other. */
    POSTGRESQL {
        @Override
        DataSource dataSource(String url) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setConnectTimeout((int) WAIT.toSeconds());
            source.setSocketTimeout(2 * (int) WAIT.toSeconds());
            source.setURL(url);
            return source;
        }

        @Override
        void begin(Connection connection, boolean write) throws SQLException {
            connection.setAutoCommit(false);
            execute(connection, "SET LOCAL lock_timeout = " + WAIT.toMillis());
            if (write) {
                execute(connection, "SELECT next_number FROM batch_state WHERE id = 1 FOR UPDATE");
            }
        }

        @Override
        void commit(Connection connection) throws SQLException {
            connection.commit();
            connection.setAutoCommit(true);
        }

        @Override
        void rollback(Connection connection) throws SQLException {
            connection.rollback();
            connection.setAutoCommit(true);
        }

        @Override
        boolean passes(SQLException e) {
            return TRY_AGAIN.contains(state(e));
        }

        @Override
        boolean full(SQLException e) {
            return state(e).equals("53100");
        }

        @Override
        boolean unreachable(SQLException e) {
            return state(e).startsWith("08") || state(e).startsWith("57P");
        }
    };

    /** How long a writer waits for the one before, and a start for an answer. */
    static final Duration WAIT = Duration.ofSeconds(10);

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_CANTOPEN = 14;

    /** Serialisation failure, deadlock, lock not available. */
    private static final Set<String> TRY_AGAIN = Set.of("40001", "40P01", "55P03");

    static Dialect of(String url) {
        if (url.startsWith("jdbc:sqlite:")) {
            return SQLITE;
        }
        if (url.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "the database of batches must be jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME; found another kind of address");
    }

    abstract DataSource dataSource(String url);

    abstract void begin(Connection connection, boolean write) throws SQLException;

    abstract void commit(Connection connection) throws SQLException;

    abstract void rollback(Connection connection) throws SQLException;

    /** Whether the same work may succeed when it is done again. */
    abstract boolean passes(SQLException e);

    abstract boolean full(SQLException e);

    abstract boolean unreachable(SQLException e);

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int primary(SQLException e) {
        return e.getErrorCode() & 0xff;
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
