package dev.foretoken.batch.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What is done in one transaction. May run again when the database asks for it, so it has no effect but on its session. */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
    T in(Session session) throws SQLException;
}
