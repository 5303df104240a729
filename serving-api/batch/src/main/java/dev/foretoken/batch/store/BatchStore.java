package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.Database;
import dev.foretoken.database.DatabaseConfig;
import dev.foretoken.database.Dialect;
import dev.foretoken.database.Tables;
import dev.foretoken.database.Work;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Files, jobs and answered lines. Bytes come first and the row that names them after: what has no row is nobody's, and goes after a while.
 *
 * <p>With SQLite the folder is one process's, and so are all jobs. With PostgreSQL several processes share the database and the folder, and
 * take jobs by leases.
 */
public final class BatchStore implements AutoCloseable {

    private static final int ID_DIGITS = 32;

    private static final Tables TABLES =
            new Tables(BatchStore.class, "batch_migrations", List.of("V1__batch.sql", "V2__folder_and_usage.sql"));
    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Database<Session> database;
    private final Blobs blobs;
    private final Optional<ProcessLock> lock;
    private final Supplier<String> ids;

    private BatchStore(Database<Session> database, Blobs blobs, Optional<ProcessLock> lock, Supplier<String> ids) {
        this.database = database;
        this.blobs = blobs;
        this.lock = lock;
        this.ids = ids;
    }

    /**
     * Opens the store, or makes it.
     *
     * @param database {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=...&password=...}
     * @param ids 32 random hexadecimal digits each; safe for use by many threads
     * @throws ForetokenException CONFIG_INVALID for a folder or database that cannot be opened or that another process has
     */
    public static BatchStore open(Path folder, String database, Supplier<String> ids) {
        DatabaseConfig config = new DatabaseConfig("the database of batches", database, CONNECTIONS, PATIENCE);
        boolean alone = config.dialect() == Dialect.SQLITE;
        Blobs blobs = new Blobs(folder);
        Optional<ProcessLock> lock = alone ? Optional.of(ProcessLock.ofFolder(folder)) : Optional.empty();
        try {
            lock.ifPresent(mine -> config.file().ifPresent(mine::addDatabase));
            Database<Session> rows = Database.open(config, TABLES, Session::new);
            BatchStore store = new BatchStore(rows, blobs, lock, ids);
            store.begin(alone);
            return store;
        } catch (RuntimeException e) {
            lock.ifPresent(ProcessLock::close);
            throw e;
        }
    }

    private void begin(boolean alone) {
        try {
            this.<@Nullable Void>change(session -> {
                blobs.requireThatOf(session.folder(), () -> newId(""));
                if (alone) {
                    session.jobs().freeAll();
                }
                return null;
            });
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** What {@code work} finds. @throws ForetokenException REGISTRY_UNAVAILABLE when the database does not answer */
    public <T extends @Nullable Object> T read(Work<Session, T> work) {
        return database.read(work);
    }

    /** Does it as one: all or nothing. @throws ForetokenException REGISTRY_UNAVAILABLE, STORAGE_FULL */
    public <T extends @Nullable Object> T change(Work<Session, T> work) {
        return database.change(session -> {
            session.lock();
            return work.in(session);
        });
    }

    /** An id that nothing else has. */
    public String newId(String prefix) {
        String id = ids.get();
        if (id.length() != ID_DIGITS) {
            throw new IllegalStateException("an id has " + ID_DIGITS + " digits");
        }
        return prefix + id;
    }

    /**
     * A new file, to be written.
     *
     * @param most bytes that it takes
     */
    public Incoming receive(long most) {
        return blobs.receive(newId("incoming-"), most);
    }

    /** Puts a written file onto the disk for good, and returns its id: it is there once a row names it. */
    public String place(Incoming file) {
        String id = newId("file-");
        blobs.place(file, id);
        return id;
    }

    /** Where the bytes of a file lie. */
    public Path path(StoredFile file) {
        return blobs.path(file.id());
    }

    /** @throws ForetokenException FILE_NOT_FOUND when its bytes are gone */
    public InputStream read(String file) {
        try {
            return Files.newInputStream(blobs.path(file));
        } catch (NoSuchFileException e) {
            if (!blobs.isThere()) {
                throw StoreErrors.of("finding the folder of batches", e);
            }
            throw new ForetokenException(
                    ErrorCode.FILE_NOT_FOUND, "the bytes of a file are not in the folder of batches any more", e);
        } catch (IOException e) {
            throw StoreErrors.of("reading a file", e);
        }
    }

    /** Spares a file from {@link #sweep} for a while more, though no row names it yet; false where its bytes are gone. */
    public boolean keep(String file, Instant now) {
        return blobs.touch(file, now);
    }

    /** Removes the bytes of a file whose row is gone. */
    public void removeBytes(String file) {
        blobs.remove(file);
    }

    /** Where the answers of an attempt are noted. */
    public Journal journal(String job, int attempt) {
        return blobs.journal(job, attempt);
    }

    /** What all attempts noted. */
    public AnsweredLines answered(String job, int total) {
        return AnsweredLines.read(blobs.journals(job), total);
    }

    public void removeJournals(String job) {
        blobs.removeJournals(job);
    }

    /**
     * Removes bytes that no row names: of uploads that were broken off, and of jobs that ended as a process did.
     *
     * @param grace younger ones stay, since their rows may yet come
     */
    public void sweep(Instant now, Duration grace) {
        Instant before = now.minus(grace);
        blobs.removeIncoming(before);
        Blobs.Old old = blobs.old(before);
        Set<String> files = new HashSet<>();
        Set<String> jobs = new HashSet<>();
        this.<@Nullable Void>read(session -> {
            for (String id : old.files()) {
                session.files().find(id).ifPresent(file -> files.add(id));
            }
            for (String id : old.jobs()) {
                session.jobs().find(id).filter(job -> !job.state().isOver()).ifPresent(job -> jobs.add(id));
            }
            return null;
        });
        blobs.removeUnknown(old, files, jobs);
    }

    @Override
    public void close() {
        database.close();
        lock.ifPresent(ProcessLock::close);
    }
}
