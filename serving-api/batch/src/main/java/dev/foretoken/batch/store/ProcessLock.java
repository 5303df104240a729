package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps every other process from a folder and from its database, for as long as this one has both: each would take the other's jobs for its own.
 * Goes with the process, whatever ends it.
 */
final class ProcessLock implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ProcessLock.class.getName());

    private final List<FileChannel> held = new ArrayList<>();

    /** @throws ForetokenException CONFIG_INVALID where another process has it, or its files cannot be made */
    static ProcessLock ofFolder(Path folder) {
        ProcessLock lock = new ProcessLock();
        lock.take(folder.resolve("lock"), "the folder");
        return lock;
    }

    /**
     * Takes a database too, by a file beside its own: SQLite has locks on that one, which go with any channel that is closed.
     *
     * @throws ForetokenException CONFIG_INVALID where another process has it; everything is let go then
     */
    void addDatabase(Path file) {
        boolean taken = false;
        try {
            take(besideReal(file), "the database");
            taken = true;
        } finally {
            if (!taken) {
                close();
            }
        }
    }

    /** Whatever links lead to it. */
    private static Path besideReal(Path file) {
        try {
            Path absolute = file.toAbsolutePath();
            Path real = Files.exists(absolute)
                    ? absolute.toRealPath()
                    : absolute.resolveSibling(".").toRealPath().resolve(file.getFileName());
            return real.resolveSibling(real.getFileName() + ".lock");
        } catch (IOException e) {
            throw cannotBeMade("the database", e);
        }
    }

    private void take(Path path, String what) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            held.add(channel);
            if (isMine(channel)) {
                return;
            }
            held.removeLast().close();
        } catch (IOException e) {
            throw cannotBeMade(what, e);
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "another process uses " + what
                        + " of batches: give this one its own, or let both share a database of PostgreSQL");
    }

    private static boolean isMine(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static ForetokenException cannotBeMade(String what, IOException e) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, what + " of batches cannot be made or written; look at its rights", e);
    }

    @Override
    public void close() {
        for (FileChannel channel : held) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "a lock of batches goes with the process", e);
            }
        }
        held.clear();
    }
}
