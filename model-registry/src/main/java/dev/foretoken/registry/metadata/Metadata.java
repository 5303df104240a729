package dev.foretoken.registry.metadata;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.Database;
import dev.foretoken.database.DatabaseConfig;
import dev.foretoken.database.Tables;
import dev.foretoken.database.Work;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The registry's database. {@link #read} sees one state of it, {@link #change} makes the next one or nothing: whatever its work throws
 * undoes it.
 */
public final class Metadata implements AutoCloseable {
    private static final int CONNECTIONS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Tables TABLES =
            new Tables(Metadata.class, "registry_migrations", List.of("V1__registry.sql", "V2__assignments.sql"));

    private final Database<Session> database;

    private Metadata(Database<Session> database) {
        this.database = database;
    }

    /**
     * Opens the database and brings its tables up to date.
     *
     * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=...&password=...}
     * @throws ForetokenException as {@link Database#open}
     */
    public static Metadata open(String url) {
        DatabaseConfig config = new DatabaseConfig("the registry's database", url, CONNECTIONS, PATIENCE);
        return new Metadata(Database.open(config, TABLES, Session::new));
    }

    /** What {@code work} finds in one state of the database. */
    public <T extends @Nullable Object> T read(Work<Session, T> work) {
        return database.read(work);
    }

    /** Makes a change and bumps the revision with it, whose row makes writers wait for each other. */
    public <T extends @Nullable Object> T change(Work<Session, T> work) {
        return database.change(session -> {
            session.bumpRevision();
            return work.in(session);
        });
    }

    /** A change that nobody who watches the revision needs to see: how far a job has come. */
    public <T extends @Nullable Object> T note(Work<Session, T> work) {
        return database.change(work);
    }

    /** Grows with every {@link #change} by anyone. */
    public long revision() {
        return read(Session::revision);
    }

    @Override
    public void close() {
        database.close();
    }
}
