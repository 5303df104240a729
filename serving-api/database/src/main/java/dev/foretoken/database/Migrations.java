package dev.foretoken.database;

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
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the tables up to date with Flyway. A database that is up to date is recognised by one query, because Flyway takes longer to look
 * than a command line should.
 */
final class Migrations {
    private static final Duration LOCK_PAUSE = Duration.ofMillis(20);

    private final DatabaseConfig database;
    private final Tables tables;
    private final Pool pool;
    private final DatabaseErrors errors;

    Migrations(DatabaseConfig database, Tables tables, Pool pool) {
        this.database = database;
        this.tables = tables;
        this.pool = pool;
        this.errors = new DatabaseErrors(database);
    }

    void run() {
        if (isBehind()) {
            switch (database.dialect()) {
                case SQLITE -> withFile(this::migrate);
                case POSTGRESQL -> withLock(this::migrate);
            }
        }
    }

    private boolean isBehind() {
        int found = version();
        if (found > tables.newest()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the tables of %s have version %d, this program knows %d: use the newer program that made them"
                            .formatted(database.name(), found, tables.newest()));
        }
        return found < tables.newest();
    }

    private void migrate() {
        if (!isBehind()) {
            return;
        }
        try {
            Flyway.configure(tables.owner().getClassLoader())
                    .dataSource(pool.source())
                    .table(tables.history())
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .resourceProvider(new MigrationFiles(tables))
                    .failOnMissingLocations(false)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR,
                    "the tables of " + database.name() + " could not be brought up to date",
                    e);
        }
    }

    /** Flyway looks before it locks; who comes second here finds tables that are up to date. */
    private void withLock(Runnable work) {
        try {
            pool.<@Nullable Void>change(sql -> {
                sql.lock(tables.history());
                work.run();
                return null;
            });
        } catch (SQLException e) {
            throw errors.of(e);
        }
    }

    /** A writer of SQLite would keep Flyway out: two processes that make the same file wait for each other by a file beside it. */
    private void withFile(Runnable work) {
        Path beside =
                Path.of(database.url().substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "") + ".migrating");
        long deadline = System.nanoTime() + database.patience().toNanos();
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
                    ErrorCode.REGISTRY_UNAVAILABLE, "the folder of " + database.name() + " cannot be written", e);
        }
        throw new ForetokenException(
                ErrorCode.REGISTRY_UNAVAILABLE,
                "another process has been making the tables of " + database.name() + " for too long");
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
        try (Connection connection = pool.source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT MAX(CAST(version AS INTEGER)) FROM " + tables.history() + " WHERE success")) {
            return row.next() ? row.getInt(1) : 0;
        } catch (SQLException e) {
            if (errors.isAway(e)) {
                throw errors.unreachable(e);
            }
            Optional<ForetokenException> refusal = errors.refusal(e);
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return 0;
        }
    }
}
