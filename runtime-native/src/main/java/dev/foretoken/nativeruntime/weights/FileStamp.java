package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Which file, in which state: equal stamps are one file that nobody has written to in between, by whatever name it was reached.
 *
 * @param file what the system tells files apart by, so that hard links of one file are equal; its path where the system has no such thing
 * @param state changes with the bytes: for a file that may be written to, when it was; for one that nobody may write to, when it was made,
 *     because a registry keeps the age of its blobs in the other time; for a part, the digest it is named by
 */
public record FileStamp(Object file, long bytes, Object state) {

    private static final Set<PosixFilePermission> WRITE =
            Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** @throws ForetokenException MODEL_FILE_CORRUPT for a file that is not there */
    public static FileStamp of(Path path) {
        try {
            BasicFileAttributes attributes = attributes(path);
            Object state = isReadOnly(attributes) ? attributes.creationTime() : attributes.lastModifiedTime();
            return new FileStamp(key(path, attributes), attributes.size(), state);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** The same for a part, whose name follows from its bytes. */
    static FileStamp ofPart(Path path, String hex) {
        try {
            BasicFileAttributes attributes = attributes(path);
            return new FileStamp(key(path, attributes), attributes.size(), hex);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? Files.readAttributes(path, PosixFileAttributes.class)
                : Files.readAttributes(path, BasicFileAttributes.class);
    }

    private static Object key(Path path, BasicFileAttributes attributes) throws IOException {
        Object key = attributes.fileKey();
        return key == null ? path.toRealPath() : key;
    }

    private static boolean isReadOnly(BasicFileAttributes attributes) {
        return attributes instanceof PosixFileAttributes posix
                && posix.permissions().stream().noneMatch(WRITE::contains);
    }

    private static ForetokenException unreadable(Path path, IOException e) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, path.getFileName() + " cannot be read", e);
    }
}
