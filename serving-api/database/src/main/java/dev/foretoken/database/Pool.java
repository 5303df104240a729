package dev.foretoken.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections to one database, for whoever judges by themselves what a refusal means. */
public final class Pool implements AutoCloseable {

    private final Dialect dialect;
    private final HikariDataSource connections;

    private Pool(Dialect dialect, HikariDataSource connections) {
        this.dialect = dialect;
        this.connections = connections;
    }

    /** Does not wait for the database. */
    public static Pool of(DatabaseConfig config) {
        Dialect dialect = config.dialect();
        HikariConfig hikari = new HikariConfig();
        hikari.setDataSource(dialect.dataSource(config));
        hikari.setMaximumPoolSize(dialect.connections(config));
        hikari.setMinimumIdle(1);
        hikari.setConnectionTimeout(config.patience().toMillis());
        hikari.setInitializationFailTimeout(-1);
        hikari.setPoolName(config.name());
        return new Pool(dialect, new HikariDataSource(hikari));
    }

    DataSource source() {
        return connections;
    }

    /** Sees one state of the database and changes nothing. */
    public <T extends @Nullable Object> T read(Work<Sql, T> work) throws SQLException {
        return once(false, work);
    }

    /** All or nothing: what {@code work} throws undoes what it did. */
    public <T extends @Nullable Object> T change(Work<Sql, T> work) throws SQLException {
        return once(true, work);
    }

    /** Each statement for itself, which costs no way to the database beside its own. */
    public <T extends @Nullable Object> T apart(Work<Sql, T> work) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            return work.in(new Sql(dialect, connection));
        }
    }

    private <T extends @Nullable Object> T once(boolean write, Work<Sql, T> work) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            dialect.begin(connection, write, connections.getConnectionTimeout());
            try {
                T result = work.in(new Sql(dialect, connection));
                commit(connection, write);
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                undo(connection, e);
                throw e;
            }
        }
    }

    private void commit(Connection connection, boolean write) throws SQLException {
        try {
            dialect.commit(connection);
        } catch (SQLException e) {
            throw write && dialect.isUnheard(e) ? new UnheardCommit(e) : e;
        }
    }

    /** What was thrown stays the reason: where SQLite fails to commit there is no transaction any more. */
    private void undo(Connection connection, Throwable why) {
        try {
            dialect.rollback(connection);
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
