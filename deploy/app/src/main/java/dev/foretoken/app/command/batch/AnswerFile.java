package dev.foretoken.app.command.batch;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where answers are written: under another name until they are complete, so that a file of this name is never a part of it.
 *
 * @param path which must not exist before
 */
record AnswerFile(Path path) {

    private static final int BUFFER = 1 << 16;

    /** @param named null = after the requests, {@code a.jsonl} as {@code a.answers.jsonl} */
    static AnswerFile of(Path requests, @Nullable Path named) {
        if (named != null) {
            return new AnswerFile(named);
        }
        String name = String.valueOf(requests.getFileName());
        int end = name.lastIndexOf('.');
        String own = end <= 0 ? name + ".answers" : name.substring(0, end) + ".answers" + name.substring(end);
        return new AnswerFile(requests.resolveSibling(own));
    }

    /** @throws ForetokenException CONFIG_INVALID */
    void requireAbsent() {
        if (Files.exists(path)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, path + " exists; name a file that does not by --out");
        }
    }

    Path part() {
        return path.resolveSibling(path.getFileName() + ".part");
    }

    /**
     * Begins anew what an ended process left.
     *
     * @throws ForetokenException CONFIG_INVALID where another one is writing it
     */
    OutputStream open() throws IOException {
        FileChannel channel = FileChannel.open(part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isMine(channel)) {
            channel.close();
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    part() + " is being written by another process; let it end, or name another file by --out");
        }
        channel.truncate(0);
        return new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    }

    private static boolean isMine(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** All answers are there. */
    void complete() throws IOException {
        requireAbsent();
        Files.move(part(), path, StandardCopyOption.ATOMIC_MOVE);
    }
}
