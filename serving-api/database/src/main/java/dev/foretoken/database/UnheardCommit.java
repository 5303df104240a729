package dev.foretoken.database;

import java.sql.SQLException;

/** The connection broke between the order to commit and its answer: the change was made, or it was not. */
final class UnheardCommit extends SQLException {
    private static final long serialVersionUID = 1;

    UnheardCommit(SQLException cause) {
        super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
}
