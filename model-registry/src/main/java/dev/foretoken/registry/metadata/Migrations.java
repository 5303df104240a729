package dev.foretoken.registry.metadata;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the tables up to date with Flyway. A database that is up to date is recognised by one query, because Flyway takes longer to look
 * than a command line should.
 */
final class Migrations {
    private static final String HISTORY = "registry_migrations";
    private static final Duration LOCK_PAUSE = Duration.ofMillis(20);

    private final Dialect dialect;
    private final DataSource source;
    private final String url;

    Migrations(Dialect dialect, DataSource source, String url) {
        this.dialect = dialect;
        this.source = source;
        this.url = url;
    }

    void run() {
        int found = version();
        if (found == MigrationFiles.NEWEST) {
            return;
        }
        if (found > MigrationFiles.NEWEST) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the registry's tables have version %d, this program knows %d: use the newer program that made them"
                            .formatted(found, MigrationFiles.NEWEST));
        }
        switch (dialect) {
            case SQLITE -> alone(this::migrate);
            case POSTGRESQL -> migrate();
        }
    }

    private void migrate() {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(source)
                    .table(HISTORY)
                    .resourceProvider(new MigrationFiles())
                    .failOnMissingLocations(false)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR, "the registry's tables could not be brought up to date", e);
        }
    }

    /** Flyway locks PostgreSQL by itself; two processes that make the same SQLite file wait for each other by a file beside it. */
    private void alone(Runnable work) {
        Path beside = Path.of(url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "") + ".migrating");
        long deadline = System.nanoTime() + Dialect.WAIT.toNanos();
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (System.nanoTime() < deadline) {
                try (FileLock lock = tryLock(channel)) {
                    if (lock != null) {
                        work.run();
                        return;
                    }
                }
                LockSupport.parkNanos(LOCK_PAUSE.toNanos());
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.REGISTRY_UNAVAILABLE, "the folder of the registry's database cannot be written", e);
        }
        throw new ForetokenException(
                ErrorCode.REGISTRY_UNAVAILABLE, "another process has been making the registry's tables for too long");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Of the tables that are there; 0 when there are none. */
    private int version() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT MAX(CAST(version AS INTEGER)) FROM " + HISTORY + " WHERE success")) {
            return row.next() ? row.getInt(1) : 0;
        } catch (SQLException e) {
            if (dialect.unreachable(e) || dialect.passes(e)) {
                throw DatabaseErrors.of(dialect, e);
            }
            Optional<ForetokenException> refusal = DatabaseErrors.refusal(dialect, e);
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return 0;
        }
    }
}
