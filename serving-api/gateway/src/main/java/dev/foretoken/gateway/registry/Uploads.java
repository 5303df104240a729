package dev.foretoken.gateway.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Models on their way into the registry, file by file, each upload in a folder of its own. Nothing of it survives a restart: a client whose
 * server ended begins again, and the folders that are left are swept. Any thread may call it.
 */
public final class Uploads {

    /** Folders of other processes that use the same registry are younger than this while they are used. */
    private static final Duration LEFT_BEHIND = Duration.ofDays(2);

    private static final Duration LATER = Duration.ofMinutes(1);

    private final Path folder;
    private final UploadLimits limits;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final Supplier<String> ids;
    private final Map<String, Upload> open = new LinkedHashMap<>();

    /**
     * @param folder of this registry's uploads; made when it is not there
     * @param wall for the age of what was left behind
     * @param nanos monotonic
     * @param ids makes names that cannot be guessed, of hexadecimal digits
     */
    public Uploads(Path folder, UploadLimits limits, InstantSource wall, LongSupplier nanos, Supplier<String> ids) {
        this.folder = folder;
        this.limits = limits;
        this.wall = wall;
        this.nanos = nanos;
        this.ids = ids;
        sweepFolders();
    }

    public UploadLimits limits() {
        return limits;
    }

    /**
     * Begins an upload of a model.
     *
     * @throws ForetokenException QUEUE_FULL, STORAGE_FULL
     */
    public Upload begin(String model) {
        synchronized (open) {
            sweep();
            if (open.size() >= limits.sessions()) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                open.size() + " uploads are open, the most this server takes; commit or abort one")
                        .withRetryAfter(LATER);
            }
            String id = ids.get();
            Upload upload = new Upload(id, model, folder(id), limits, nanos);
            open.put(id, upload);
            return upload;
        }
    }

    /** @throws ForetokenException INVALID_REQUEST when there is none, or no more */
    public Upload require(String id) {
        synchronized (open) {
            sweep();
            Upload upload = open.get(id);
            if (upload == null) {
                throw ForetokenException.invalid(
                        "upload",
                        "there is no such upload; it was committed, aborted or given up after "
                                + limits.idle().toMinutes() + " minutes without a byte; begin a new one");
            }
            return upload;
        }
    }

    /** Takes the upload away from everybody else; its folder is the caller's until {@link Upload#close}. */
    public Upload take(String id) {
        synchronized (open) {
            Upload upload = require(id);
            upload.seal();
            open.remove(id);
            return upload;
        }
    }

    /** Gives up what nobody sends to. */
    public void sweep() {
        List<Upload> idle;
        synchronized (open) {
            idle = new ArrayList<>(open.values().stream().filter(Upload::isIdle).toList());
            idle.forEach(upload -> open.remove(upload.id()));
        }
        idle.forEach(Upload::close);
    }

    private Path folder(String id) {
        try {
            return Files.createDirectories(folder.resolve(id));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.STORAGE_FULL, "no folder for an upload can be made; free some space on the server", e);
        }
    }

    private void sweepFolders() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(this::isLeftBehind).forEach(FolderRemoval::remove);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the folder of uploads cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean isLeftBehind(Path upload) {
        try {
            return Files.getLastModifiedTime(upload)
                    .toInstant()
                    .isBefore(wall.instant().minus(LEFT_BEHIND));
        } catch (IOException e) {
            return false;
        }
    }
}
