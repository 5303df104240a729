package dev.foretoken.database;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** What the two databases do differently. */
public enum Dialect {
    /** One file. {@code BEGIN IMMEDIATE} takes the one writer's place before anything is read; readers see the state before. */
    SQLITE {
        @Override
        DataSource dataSource(DatabaseConfig database) {
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setBusyTimeout((int) database.patience().toMillis());
            config.enforceForeignKeys(true);
            SQLiteDataSource source = new SQLiteDataSource(config);
            source.setUrl(database.url());
            return source;
        }

        @Override
        int connections(DatabaseConfig database) {
            return Math.min(4, database.connections());
        }

        @Override
        void begin(Connection connection, boolean write, long lockMillis) throws SQLException {
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

        /** {@code BEGIN IMMEDIATE} has it already. */
        @Override
        void lock(Sql sql, String name) {}

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

        /** It answers in this process. */
        @Override
        boolean isUnheard(SQLException e) {
            return false;
        }

        @Override
        Optional<String> refusal(SQLException e) {
            return switch (primary(e)) {
                case SQLITE_CORRUPT -> Optional.of("is damaged: put a copy of its file back");
                case SQLITE_NOTADB -> Optional.of("is no SQLite file: put a copy of its file back");
                default -> Optional.empty();
            };
        }
    },

    /** A server. Writers that must wait for each other take a lock first: what they read after it is what the one before committed. */
    POSTGRESQL {
        @Override
        DataSource dataSource(DatabaseConfig database) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setConnectTimeout(database.silenceSeconds(1));
            source.setSocketTimeout(database.silenceSeconds(2));
            source.setURL(database.url());
            return source;
        }

        @Override
        int connections(DatabaseConfig database) {
            return database.connections();
        }

        @Override
        void begin(Connection connection, boolean write, long lockMillis) throws SQLException {
            connection.setAutoCommit(false);
            String level = write ? "READ COMMITTED" : "REPEATABLE READ, READ ONLY";
            execute(
                    connection,
                    "SET TRANSACTION ISOLATION LEVEL " + level + "; SET LOCAL lock_timeout = " + lockMillis);
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
        void lock(Sql sql, String name) throws SQLException {
            sql.one("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", row -> true, name);
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
            return UNREACHABLE.stream().anyMatch(state(e)::startsWith);
        }

        @Override
        boolean isUnheard(SQLException e) {
            return BROKEN_OFF.stream().anyMatch(state(e)::startsWith);
        }

        @Override
        Optional<String> refusal(SQLException e) {
            if (state(e).startsWith("28")) {
                return Optional.of("refused the user or the password: look at both in its address");
            }
            return state(e).equals("3D000")
                    ? Optional.of("is not on the server: make it there, or look at the name in its address")
                    : Optional.empty();
        }
    };

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int SQLITE_NOTADB = 26;

    /** Serialisation failure, deadlock, lock not available. */
    private static final Set<String> TRY_AGAIN = Set.of("40001", "40P01", "55P03");

    /** No connection, too few resources, being shut down or started, a server that others write. */
    private static final Set<String> UNREACHABLE = Set.of("08", "53", "57P", "25006");

    /** The connection broke, or the server ended it: what it was told last may be done. Every other refusal is an answer. */
    private static final Set<String> BROKEN_OFF = Set.of("08", "57P");

    static Dialect of(DatabaseConfig database) {
        if (database.url().startsWith("jdbc:sqlite:")) {
            return SQLITE;
        }
        if (database.url().startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                database.name()
                        + " must be jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME; found another kind of address");
    }

    abstract DataSource dataSource(DatabaseConfig database);

    abstract int connections(DatabaseConfig database);

    abstract void begin(Connection connection, boolean write, long lockMillis) throws SQLException;

    abstract void commit(Connection connection) throws SQLException;

    abstract void rollback(Connection connection) throws SQLException;

    /** Waits until no other transaction has the lock of this name, and has it until it ends. */
    abstract void lock(Sql sql, String name) throws SQLException;

    /** Whether the same work may succeed when it is done again. */
    abstract boolean passes(SQLException e);

    abstract boolean full(SQLException e);

    abstract boolean unreachable(SQLException e);

    /** Of a commit: whether nobody can know if it was done. */
    abstract boolean isUnheard(SQLException e);

    /** Why nothing can be done before a person has acted, after its name; empty for everything else. */
    abstract Optional<String> refusal(SQLException e);

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
