package dev.foretoken.registry.blob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/**
 * What tells whether a file still has the bytes that were read: the kernel moves {@code changed} with every write, and nobody but it can set
 * that time.
 *
 * @param size in bytes
 * @param modified by a write, or set by whoever owns the file
 * @param changed when bytes, times, names or rights last did
 */
record FileState(Object device, Object inode, long size, FileTime modified, FileTime changed) {

    private static final String ATTRIBUTES = "unix:dev,ino,size,lastModifiedTime,ctime";

    /** Empty when the file is not there, or its file system does not tell. */
    static Optional<FileState> of(Path file) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new FileState(
                    found.get("dev"),
                    found.get("ino"),
                    (Long) found.get("size"),
                    (FileTime) found.get("lastModifiedTime"),
                    (FileTime) found.get("ctime")));
        } catch (NoSuchFileException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** Whether {@code after} is this file with these bytes, though it was given another name or, as said, another time. */
    boolean remains(FileState after, FileTime time) {
        return after.equals(new FileState(device, inode, size, time, after.changed));
    }
}
