package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStampTest {

    @TempDir
    private Path folder;

    @Test
    void linksOfOneFileAreOneAndItsCopyIsAnother() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "text");
        Path hard = Files.createLink(folder.resolve("b"), file);
        Path soft = Files.createSymbolicLink(folder.resolve("c"), file);
        Path copy = Files.copy(file, folder.resolve("d"));
        Files.setLastModifiedTime(copy, Files.getLastModifiedTime(file));
        FileStamp stamp = FileStamp.of(file);
        assertThat(FileStamp.of(hard)).isEqualTo(stamp).hasSameHashCodeAs(stamp);
        assertThat(FileStamp.of(soft)).isEqualTo(stamp);
        assertThat(FileStamp.of(copy)).isNotEqualTo(stamp);
    }

    @Test
    void theAgeOfABlobIsNoChangeOfIt() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "text");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        FileStamp stamp = FileStamp.of(file);
        FileStamp part = FileStamp.ofPart(file, "hex");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(FileStamp.ofPart(file, "hex")).isEqualTo(part).isNotEqualTo(stamp);
        assertThat(FileStamp.ofPart(file, "other")).isNotEqualTo(part);
        assumeThat(Files.readAttributes(file, BasicFileAttributes.class).creationTime())
                .as("this file system knows when files were made")
                .isNotEqualTo(Files.getLastModifiedTime(file));
        assertThat(FileStamp.of(file)).isEqualTo(stamp);
    }

    @Test
    void aFileThatWasWrittenToIsAnother() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "text");
        FileStamp stamp = FileStamp.of(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        FileStamp touched = FileStamp.of(file);
        assertThat(touched).isNotEqualTo(stamp);
        Files.writeString(file, "longer text");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(FileStamp.of(file)).isNotEqualTo(touched);
    }
}
