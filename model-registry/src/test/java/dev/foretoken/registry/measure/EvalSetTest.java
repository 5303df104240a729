package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalSetTest {

    private static final String QUESTION = "{\"prompt\": \"p\", \"answer\": \"a\"}\n";
    private static final String TEXT = "{\"text\": \"t\"}\n";

    @TempDir
    private Path folder;

    @Test
    void readsPlainAndPackedLinesWithWhatTheyNeedAlone() throws IOException {
        Files.writeString(folder.resolve("questions.jsonl"), QUESTION);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("texts.jsonl.gz")))) {
            out.write(TEXT.getBytes(StandardCharsets.UTF_8));
        }
        EvalSet set = EvalSet.read(folder);
        assertThat(set.questions()).containsExactly(new Question("p", "a", 1, 0, "plain"));
        assertThat(set.texts()).containsExactly(new HeldOutText("t", "plain", 0));
    }

    @Test
    void saysWhichLineIsWrong() throws IOException {
        Files.writeString(folder.resolve("questions.jsonl"), QUESTION + "{\"prompt\": \"p\"}\n");
        Files.writeString(folder.resolve("texts.jsonl"), TEXT);
        assertThatThrownBy(() -> EvalSet.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("answer");
    }

    @Test
    void saysWhatASetIsWhenThereIsNone() {
        assertThatThrownBy(() -> EvalSet.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a folder with questions.jsonl and texts.jsonl");
    }
}
