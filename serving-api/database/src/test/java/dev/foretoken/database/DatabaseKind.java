package dev.foretoken.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
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
            try (Connection connection = DriverManager.getConnection(Server.ONE.url("postgres"));
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return Server.ONE.url(name);
        }
    };

    /** {@code folder}: of the test, for a database that is a file. */
    public abstract String url(Path folder);

    /** Started by the first test that needs it. */
    private static final class Server {
        static final PostgresServer ONE = PostgresServer.start();
    }
}
