package dev.foretoken.app.command.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.client.TopicStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerFileTest {

    @TempDir
    private Path folder;

    @Test
    void isCalledAfterTheRequests() {
        assertThat(AnswerFile.of(Path.of("/x/a.b.jsonl"), null).path()).isEqualTo(Path.of("/x/a.b.answers.jsonl"));
        assertThat(AnswerFile.of(Path.of("a"), null).path()).isEqualTo(Path.of("a.answers"));
        assertThat(AnswerFile.of(Path.of("a"), Path.of("c")).path()).isEqualTo(Path.of("c"));
    }

    @Test
    void hasItsNameOnceItIsComplete() throws IOException {
        AnswerFile file = new AnswerFile(folder.resolve("answers"));
        try (OutputStream out = file.open()) {
            out.write('1');
        }
        assertThat(file.path()).doesNotExist();
        file.complete();
        assertThat(file.path()).hasContent("1");
        assertThat(file.part()).doesNotExist();
    }

    @Test
    void isWrittenByOneAtATimeAndBegunAnewByTheNext() throws IOException {
        AnswerFile file = new AnswerFile(folder.resolve("answers"));
        try (OutputStream out = file.open()) {
            out.write("first".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThatThrownBy(file::open)
                    .hasMessageContaining("another process")
                    .hasMessageContaining("--out");
            assertThat(file.part()).hasContent("first");
        }
        file.open().close();
        assertThat(file.part()).isEmptyFile();
    }

    @Test
    void replacesNothing() throws IOException {
        AnswerFile file = new AnswerFile(Files.writeString(folder.resolve("answers"), "other"));
        assertThatThrownBy(file::requireAbsent).hasMessageContaining("exists").hasMessageContaining("--out");
        file.open().close();
        assertThatThrownBy(file::complete).hasMessageContaining("exists");
        assertThat(file.path()).hasContent("other");
    }

    @Test
    void theStatusSaysWhatIsOpenInAll() {
        TopicStatus status = new TopicStatus(
                2,
                "stable",
                List.of(new TopicStatus.PartitionStatus(0, 10, 3), new TopicStatus.PartitionStatus(1, 200, 0)));
        assertThat(StatusCommand.lines(status, "g"))
                .containsExactly(
                        "partition  kept  open",
                        "        0    10     3",
                        "        1   200     0",
                        "3 requests open; 2 servers in group g (stable)");
        TopicStatus one = new TopicStatus(1, "stable", List.of(new TopicStatus.PartitionStatus(0, 10, 1)));
        assertThat(StatusCommand.lines(one, "g").getLast()).isEqualTo("1 request open; 1 server in group g (stable)");
    }
}
