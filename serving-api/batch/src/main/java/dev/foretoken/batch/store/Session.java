package dev.foretoken.batch.store;

import dev.foretoken.database.Sql;
import java.sql.SQLException;

/** One transaction, seen as its tables. Ends with the work that it was given to. */
public final class Session {

    private final Sql sql;

    Session(Sql sql) {
        this.sql = sql;
    }

    /** Waits for the writer before: there is one at a time. */
    void lock() throws SQLException {
        sql.lock("batch_state");
    }

    FolderName folder() {
        return new FolderName(sql);
    }

    public FileTable files() {
        return new FileTable(sql);
    }

    public JobTable jobs() {
        return new JobTable(sql);
    }
}
