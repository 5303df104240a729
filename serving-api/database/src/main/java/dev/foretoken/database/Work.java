package dev.foretoken.database;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What is done in one transaction. May run again when the database asks for it, so it has no effect but on its session.
 *
 * @param <S> the transaction as its tables
 */
@FunctionalInterface
public interface Work<S, T extends @Nullable Object> {
    T in(S session) throws SQLException;
}
