package dev.foretoken.batch.store;

import dev.foretoken.database.Sql;
import java.sql.SQLException;

/** The order in which files and jobs came. */
final class Numbers {

    private Numbers() {}

    /** The next number of a file or a job: later ones have greater ones. */
    static long next(Sql sql) throws SQLException {
        long number = sql.one("SELECT next_number FROM batch_state WHERE id = 1", row -> row.getLong(1))
                .orElseThrow();
        sql.update("UPDATE batch_state SET next_number = ? WHERE id = 1", number + 1);
        return number;
    }
}
