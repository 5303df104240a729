package dev.foretoken.app.command.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrationFileTest {

    private static final String LINES = """
            {"text": "One.\\nAnd more.", "kind": "story"}

            {"text": "Two."}
            """;

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (name.endsWith(".gz")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(bytes);
            }
            return file;
        }
        return Files.write(file, bytes);
    }

    @Test
    void plainTextIsOneTextPackedOrNot() throws IOException {
        for (String name : new String[] {"a.txt", "a.txt.gz"}) {
            CalibrationFile read = CalibrationFile.read(write(name, LINES));
            assertThat(read.texts()).containsExactly(LINES);
            assertThat(read.separate()).isFalse();
        }
    }

    @Test
    void everyLineOfJsonLinesIsATextOfItsOwn() throws IOException {
        for (String name : new String[] {"a.jsonl", "a.jsonl.gz"}) {
            CalibrationFile read = CalibrationFile.read(write(name, LINES));
            assertThat(read.texts()).containsExactly("One.\nAnd more.", "Two.");
            assertThat(read.separate()).isTrue();
        }
    }

    @Test
    void whatCannotBeReadIsRefused() throws IOException {
        refuses(folder.resolve("nothing.txt"), "nothing.txt");
        refuses(write("a.jsonl", "{\"text\": 3}"), "a line without a \"text\"");
        refuses(write("b.jsonl", "plain"), "a line that is not JSON");
        refuses(Files.writeString(folder.resolve("c.gz"), "not packed"), "c.gz");
    }

    private static void refuses(Path file, String why) {
        assertThatThrownBy(() -> CalibrationFile.read(file))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(why);
    }
}
