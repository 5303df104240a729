package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.FilePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder for what one pull brings, named by what is pulled, so that the next try finds it. Locked: of two pulls of the same thing, in one
 * process or several, the second is refused. For one thread.
 */
public final class Staging implements AutoCloseable {

    private static final int NAME_DIGITS = 32;

    private final Path folder;
    private final FileChannel channel;

    private Staging(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** @throws ForetokenException REGISTRY_CONFLICT while another pull has it */
    public static Staging open(Path root, String what) throws IOException {
        Path folder = root.resolve(
                Digest.of(what.getBytes(StandardCharsets.UTF_8)).hex().substring(0, NAME_DIGITS));
        Files.createDirectories(folder.resolve("files"));
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new ForetokenException(
                    ErrorCode.REGISTRY_CONFLICT, "this is being pulled already; wait for the other pull to end");
        }
        return new Staging(folder, channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    public Path files() {
        return folder.resolve("files");
    }

    /** {@code path}: somebody else's; refused when it leads anywhere but below. */
    public Path file(String path) {
        return files().resolve(FilePath.checked(path));
    }

    /** Removes whatever an earlier pull left that this one does not bring. */
    public void keepOnly(Set<String> paths) throws IOException {
        try (Stream<Path> walk = Files.walk(files())) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                if (!paths.contains(files().relativize(file).toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    public void discard() {
        try (Stream<Path> walk = Files.walk(files())) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "what was pulled could not be removed", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "the staging folder could not be closed", e);
        }
    }
}
