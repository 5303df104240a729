package dev.foretoken.batch.store;

import dev.foretoken.database.Sql;
import java.sql.SQLException;

/** The name of the folder that has the bytes of this database's files. */
final class FolderName {

    private final Sql sql;

    FolderName(Sql sql) {
        this.sql = sql;
    }

    /** Empty before a folder was first seen. */
    String known() throws SQLException {
        return sql.one("SELECT folder FROM batch_state WHERE id = 1", row -> row.getString(1))
                .orElseThrow();
    }

    void know(String name) throws SQLException {
        sql.update("UPDATE batch_state SET folder = ? WHERE id = 1", name);
    }
}
