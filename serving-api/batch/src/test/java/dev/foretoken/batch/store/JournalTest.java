package dev.foretoken.batch.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    Path folder;

    private Path journal(int attempt, Object... requestsAndAnswers) {
        Path path = folder.resolve(Integer.toString(attempt));
        try (Journal journal = Journal.open(path)) {
            for (int i = 0; i < requestsAndAnswers.length; i += 2) {
                String answer = (String) requestsAndAnswers[i + 1];
                journal.add(
                        (Integer) requestsAndAnswers[i],
                        answer.startsWith("-"),
                        answer.getBytes(StandardCharsets.UTF_8));
            }
        }
        return path;
    }

    private static String text(AnsweredLines lines, int request) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AnsweredLines.Copier copier = lines.copier()) {
            copier.copy(request, out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void answersAreFoundByTheirRequest() throws IOException {
        Path path = journal(1, 2, "zwei é", 0, "-null");
        AnsweredLines lines = AnsweredLines.read(List.of(path), 4);
        assertThat(lines.counts()).isEqualTo(new Job.Counts(4, 1, 1));
        assertThat(lines.has(1)).isFalse();
        assertThat(lines.isFailed(0)).isTrue();
        assertThat(lines.isFailed(2)).isFalse();
        assertThat(text(lines, 2)).isEqualTo("zwei é\n");
        assertThat(text(lines, 0)).isEqualTo("-null\n");
    }

    @Test
    void theFirstAnswerCounts() throws IOException {
        List<Path> paths = List.of(journal(1, 0, "first", 0, "again"), journal(2, 0, "later", 1, "one"));
        AnsweredLines lines = AnsweredLines.read(paths, 2);
        assertThat(text(lines, 0)).isEqualTo("first\n");
        assertThat(text(lines, 1)).isEqualTo("one\n");
    }

    @Test
    void anAnswerThatIsCutAnywhereIsNone() throws IOException {
        byte[] whole = Files.readAllBytes(journal(1, 0, "first", 1, "second"));
        int second = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int length = second; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("7"), Arrays.copyOf(whole, length));
            AnsweredLines lines = AnsweredLines.read(List.of(cut), 2);
            assertThat(lines.has(0)).isTrue();
            assertThat(lines.has(1)).as("cut at " + length).isFalse();
        }
    }

    @Test
    void damageCostsItsOwnAnswerAlone() throws IOException {
        Path path = journal(1, 0, "first", 1, "second", 2, "third");
        byte[] bytes = Files.readAllBytes(path);
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 4;
            Path copy = Files.write(folder.resolve("8"), damaged);
            AnsweredLines lines = AnsweredLines.read(List.of(copy), 3);
            assertThat(lines.answered().cardinality()).isBetween(1, 2);
            for (int request = 0; request < 3; request++) {
                if (lines.has(request)) {
                    assertThat(text(lines, request))
                            .isEqualTo(List.of("first\n", "second\n", "third\n").get(request));
                }
            }
        }
    }

    @Test
    void strangeBytesAreNoAnswers() throws IOException {
        Path path = Files.write(folder.resolve("9"), new byte[1000], StandardOpenOption.CREATE);
        Files.writeString(path, "\n\n12345678 \n12345678 99999999999 o x\nabc", StandardOpenOption.APPEND);
        assertThat(AnsweredLines.read(List.of(path), 3).counts()).isEqualTo(new Job.Counts(3, 0, 0));
    }
}
