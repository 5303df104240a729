package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import java.sql.SQLException;

/** The number of the registry's state, in a row whose lock makes those who change it wait for each other. */
final class Revision {

    private Revision() {}

    /** Of the state that this transaction sees, or makes. */
    static long of(Sql sql) throws SQLException {
        return sql.one("SELECT revision FROM registry_state WHERE id = 1", row -> row.getLong(1))
                .orElseThrow();
    }

    static void bump(Sql sql) throws SQLException {
        sql.update("UPDATE registry_state SET revision = revision + 1 WHERE id = 1");
    }
}
