package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Which file, in which state: equal stamps are one file that nobody has written to in between.
 *
 * @param inode what the system tells files apart by, as text
 */
public record FileStamp(Path path, long bytes, FileTime modified, String inode) {

    /** @throws ForetokenException MODEL_FILE_CORRUPT for a file that is not there */
    public static FileStamp of(Path path) {
        try {
            Path real = path.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            return new FileStamp(
                    real, attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, path.getFileName() + " cannot be read", e);
        }
    }
}
