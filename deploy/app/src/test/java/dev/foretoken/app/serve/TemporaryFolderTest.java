package dev.foretoken.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {

    @TempDir
    Path folder;

    @Test
    void leavesNothingInAFolderThatCanBeWritten() throws IOException {
        TemporaryFolder.check(folder);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void saysWhichFolderCannotBeWrittenAndWhatToDo() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> TemporaryFolder.check(file))
                .hasMessageContaining("no file can be made in " + file)
                .hasMessageContaining("mount a tmpfs there")
                .hasMessageContaining("-Djava.io.tmpdir=DIR");
    }
}
