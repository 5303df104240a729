package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Which file, in which state: equal stamps are one file that nobody has written to in between, by whatever name it was reached.
 *
 * @param file what the system tells files apart by, so that hard links of one file are equal; its path where the system has no such thing
 */
public record FileStamp(Object file, long bytes, FileTime modified) {

    /** @throws ForetokenException MODEL_FILE_CORRUPT for a file that is not there */
    public static FileStamp of(Path path) {
        try {
            Path real = path.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            Object key = attributes.fileKey();
            return new FileStamp(key == null ? real : key, attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, path.getFileName() + " cannot be read", e);
        }
    }
}
