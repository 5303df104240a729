package dev.foretoken.registry.metadata;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** A database that tests run on: each call of {@link #url} gives an empty one. */
public enum DatabaseKind {
    SQLITE {
        @Override
        public String url(Path folder) {
            return "jdbc:sqlite:" + folder.resolve(UUID.randomUUID() + ".db");
        }
    },
    POSTGRESQL {
        @Override
        public String url(Path folder) {
            String name = "r" + UUID.randomUUID().toString().replace("-", "");
            try (Connection connection = Server.ONE.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return Server.ONE.getJdbcUrl("postgres", name);
        }
    };

    /** {@code folder}: of the test, for a database that is a file. */
    public abstract String url(Path folder);

    /** Started by the first test that needs it, ended with the JVM by its own hook. */
    private static final class Server {
        static final EmbeddedPostgres ONE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
