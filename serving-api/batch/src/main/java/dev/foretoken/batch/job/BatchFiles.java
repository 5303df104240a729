package dev.foretoken.batch.job;

import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.FileTable;
import dev.foretoken.batch.store.Incoming;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files of tenants. Everybody sees their own alone. Any thread may call it. */
public final class BatchFiles {

    private static final int LONGEST_NAME = 255;

    private final BatchStore store;
    private final JobLimits limits;
    private final InstantSource wall;

    public BatchFiles(BatchStore store, JobLimits limits, InstantSource wall) {
        this.store = store;
        this.limits = limits;
        this.wall = wall;
    }

    public JobLimits limits() {
        return limits;
    }

    /**
     * Begins a file. Close it: what was not {@linkplain #keep kept} is gone then.
     *
     * @throws ForetokenException STORAGE_FULL when the tenant has too much
     */
    public Incoming receive(String tenant) {
        FileTable.Use use = store.read(session -> session.files().use(tenant));
        if (!hasRoom(use, 0)) {
            throw full(use);
        }
        return store.receive(limits.maxFileBytes());
    }

    /**
     * Keeps a file that has arrived.
     *
     * @param life how long; empty = as long as the server keeps files
     * @throws ForetokenException STORAGE_FULL
     */
    public StoredFile keep(String tenant, String name, Optional<Duration> life, Incoming file) {
        Instant now = wall.instant();
        long bytes = file.bytes();
        String id = store.place(file);
        StoredFile kept = new StoredFile(
                id,
                tenant,
                StoredFile.INPUT,
                harmless(name),
                bytes,
                now,
                Optional.of(now.plus(life.orElse(limits.fileLife()))));
        FileTable.Use refused = add(kept);
        if (refused != null) {
            store.removeBytes(id);
            throw full(refused);
        }
        return kept;
    }

    /**
     * Adds its row, or tells what leaves no room for it. Where it throws, the database may have done it all the same: the bytes stay, and if no
     * row came of it, the store's sweeping takes them.
     */
    private FileTable.@Nullable Use add(StoredFile file) {
        return store.change(session -> {
            FileTable.Use use = session.files().use(file.tenant());
            if (!hasRoom(use, file.bytes())) {
                return use;
            }
            session.files().add(file);
            return null;
        });
    }

    private boolean hasRoom(FileTable.Use use, long more) {
        return use.files() < limits.maxFiles() && use.bytes() + more <= limits.maxStoredBytes();
    }

    private ForetokenException full(FileTable.Use use) {
        return new ForetokenException(
                ErrorCode.STORAGE_FULL,
                "you have %d files of %d bytes together; this server keeps %d files and %d bytes for each caller: delete some"
                        .formatted(use.files(), use.bytes(), limits.maxFiles(), limits.maxStoredBytes()));
    }

    private static String harmless(String name) {
        String shown = name.replaceAll("\\p{Cntrl}", "_");
        return shown.length() <= LONGEST_NAME ? shown : shown.substring(0, LONGEST_NAME);
    }

    /** @throws ForetokenException FILE_NOT_FOUND also for a file of somebody else, and for one whose time is over */
    public StoredFile find(String tenant, String id) {
        Instant now = wall.instant();
        return store.read(session -> session.files().find(id))
                .filter(file -> file.tenant().equals(tenant) && !file.isOver(now))
                .orElseThrow(() -> missing(id));
    }

    static ForetokenException missing(String id) {
        return new ForetokenException(
                        ErrorCode.FILE_NOT_FOUND,
                        "there is no file '" + named(id) + "'; it may have been deleted, or its time be over")
                .withParam("id");
    }

    /** An id as it may be shown: callers send anything. */
    static String named(String id) {
        return id.matches("[A-Za-z0-9_-]{1,64}") ? id : "(another form)";
    }

    /** @throws ForetokenException INVALID_REQUEST when the page is to begin after a file that is not there */
    public List<StoredFile> list(FileTable.Page page) {
        Instant now = wall.instant();
        return store.read(session -> {
            if (page.after().isPresent()) {
                session.files()
                        .find(page.after().get())
                        .filter(file -> file.tenant().equals(page.tenant()))
                        .orElseThrow(() -> ForetokenException.invalid("after", "after names no file that is there"));
            }
            return session.files().page(page, now);
        });
    }

    /** @throws ForetokenException FILE_NOT_FOUND, JOB_CONFLICT while a batch that is not over reads it */
    public void delete(String tenant, String id) {
        find(tenant, id);
        store.<@Nullable Void>change(session -> {
            Optional<String> reader = session.jobs().reader(id);
            if (reader.isPresent()) {
                throw new ForetokenException(
                        ErrorCode.JOB_CONFLICT,
                        "the batch " + reader.get() + " reads this file; cancel it, or wait until it is over");
            }
            session.files().remove(id);
            return null;
        });
        store.removeBytes(id);
    }

    /** Where the bytes lie. */
    public Path path(StoredFile file) {
        return store.path(file);
    }
}
