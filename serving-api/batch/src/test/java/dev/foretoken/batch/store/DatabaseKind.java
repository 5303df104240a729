package dev.foretoken.batch.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** Databases that tests run on: each call of {@link #url} gives an empty one. */
public enum DatabaseKind {
    SQLITE {
        @Override
        public String url(Path folder) {
            return "jdbc:sqlite:" + folder.resolve("batch.db");
        }
    },
    POSTGRESQL {
        @Override
        public String url(Path folder) {
            String name = "batch" + Server.MADE.incrementAndGet();
            try (Connection connection = DriverManager.getConnection(Server.url("postgres"));
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return Server.url(name);
        }
    };

    /** A process of this machine, ended with the JVM; started by the first who asks. */
    private static final class Server {
        static final AtomicInteger MADE = new AtomicInteger();
        static final EmbeddedPostgres PROCESS = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static String url(String database) {
            return "jdbc:postgresql://localhost:" + PROCESS.getPort() + "/" + database + "?user=postgres";
        }
    }

    public abstract String url(Path folder);
}
