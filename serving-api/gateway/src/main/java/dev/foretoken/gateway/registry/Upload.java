package dev.foretoken.gateway.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The files of one model that have arrived. A file is seen once it is whole; the names are checked before anything is written, and only
 * regular files are ever made, so that no upload reaches outside its folder. Any thread may call it.
 */
public final class Upload implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Upload.class.getName());
    private static final int MAX_NAME = 200;
    private static final int MAX_DEPTH = 8;

    private final String id;
    private final String model;
    private final Path folder;
    private final UploadLimits limits;
    private final LongSupplier nanos;
    private final Map<String, Received> files = new TreeMap<>();
    private long reserved;
    private int arriving;
    private int parts;
    private long lastTouch;
    private boolean sealed;

    /** One file that has arrived. */
    public record Received(String path, long size, Digest digest) {}

    Upload(String id, String model, Path folder, UploadLimits limits, LongSupplier nanos) {
        this.id = id;
        this.model = model;
        this.folder = folder;
        this.limits = limits;
        this.nanos = nanos;
        this.lastTouch = nanos.getAsLong();
    }

    public String id() {
        return id;
    }

    public String model() {
        return model;
    }

    /** In the order of their names. */
    public synchronized List<Received> files() {
        return List.copyOf(files.values());
    }

    /** Where the files are; only for who has taken the upload. */
    public Path content() {
        return folder.resolve("files");
    }

    /**
     * Reads one file to its end; it replaces an earlier one of the same name.
     *
     * @param expected what the client says it is; empty: not said
     * @throws ForetokenException INVALID_REQUEST for a name that is not allowed, another digest or a body that ends early,
     *     PAYLOAD_TOO_LARGE, DEADLINE_EXCEEDED when too little arrives, STORAGE_FULL, REGISTRY_CONFLICT when the upload is being committed
     */
    public Received receive(String path, InputStream body, Optional<Digest> expected) {
        checkPath(path);
        Path part = begin(path);
        FileReceiver receiver = new FileReceiver(path, limits, nanos, this::reserve);
        boolean kept = false;
        try {
            Digest digest = receiver.copy(body, part);
            if (expected.isPresent() && !expected.get().equals(digest)) {
                throw ForetokenException.invalid(
                        "content-digest",
                        "the file '" + path + "' arrived with " + digest + ", but " + expected.get()
                                + " was announced; send it again");
            }
            Received received = keep(part, new Received(path, receiver.bytes(), digest));
            kept = true;
            return received;
        } finally {
            end(part, kept ? 0 : receiver.bytes());
        }
    }

    private static void checkPath(String path) {
        try {
            FilePath.checked(path);
        } catch (ForetokenException e) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e)
                    .withParam("path");
        }
        String[] names = path.split("/");
        if (names.length > MAX_DEPTH || Arrays.stream(names).anyMatch(name -> name.length() > MAX_NAME)) {
            throw ForetokenException.invalid(
                    "path", "a file's path has at most " + MAX_DEPTH + " names of " + MAX_NAME + " characters each");
        }
    }

    private synchronized Path begin(String path) {
        requireOpen();
        if (!files.containsKey(path) && files.size() + arriving >= limits.files()) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE, "an upload has at most " + limits.files() + " files; send fewer");
        }
        arriving++;
        touch();
        return folder.resolve("part-" + parts++);
    }

    private synchronized void requireOpen() {
        if (sealed) {
            throw new ForetokenException(
                    ErrorCode.REGISTRY_CONFLICT, "the upload is being committed; begin another one");
        }
    }

    /** Counts bytes before they are written. */
    private synchronized void reserve(long bytes) {
        requireOpen();
        if (reserved + bytes > limits.totalBytes()) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the files of an upload have at most " + limits.totalBytes() + " bytes together");
        }
        reserved += bytes;
        touch();
    }

    private synchronized Received keep(Path part, Received received) {
        requireOpen();
        Path target = content().resolve(received.path());
        try {
            Files.createDirectories(target.getParent());
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + received.path() + "' is a file and a folder at once in this upload; rename one of them",
                    e);
        }
        Received before = files.put(received.path(), received);
        reserved -= before == null ? 0 : before.size();
        return received;
    }

    private synchronized void end(Path part, long lost) {
        arriving--;
        reserved -= lost;
        touch();
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a part of an upload goes only with its folder", e);
        }
    }

    private void touch() {
        lastTouch = nanos.getAsLong();
    }

    synchronized boolean isIdle() {
        return arriving == 0 && nanos.getAsLong() - lastTouch > limits.idle().toNanos();
    }

    /** From now on nothing arrives any more. */
    synchronized void seal() {
        requireOpen();
        if (arriving > 0) {
            throw new ForetokenException(
                    ErrorCode.REGISTRY_CONFLICT, arriving + " files are still arriving; wait for their answers first");
        }
        sealed = true;
    }

    /** Removes the files. */
    @Override
    public void close() {
        synchronized (this) {
            sealed = true;
        }
        FolderRemoval.remove(folder);
    }
}
