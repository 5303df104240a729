package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestFileTest {

    private static final String LINE = "{\"custom_id\":\"%s\",\"url\":\"/v1/completions\",\"body\":{\"prompt\":\"é\"}}";

    @TempDir
    private Path folder;

    private RequestFile file(String text) throws IOException {
        return new RequestFile(Files.writeString(folder.resolve("requests.jsonl"), text));
    }

    private static void refused(RequestFile file, String message) {
        assertThatThrownBy(() -> file.check(Optional.empty()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(message);
    }

    @Test
    void tellsIdsAndLinesInOrder() throws IOException {
        String first = LINE.formatted("b");
        RequestFile file = file(first + "\n\n" + LINE.formatted("a") + "\r\n  \n");
        assertThat(file.check(Optional.empty()).ids()).containsExactly("b", "a");
        List<String> lines = new ArrayList<>();
        file.each((number, id, line) -> lines.add(number + " " + id + " " + new String(line, UTF_8).strip()));
        assertThat(lines).containsExactly("1 b " + first, "3 a " + LINE.formatted("a"));
    }

    @Test
    void whatIsSentNamesTenantAndFile() throws IOException {
        RequestFile file = file(LINE.formatted("a"));
        String prefix = file.check(Optional.empty()).prefix();
        assertThat(prefix).matches("[0-9a-f]{16}-");
        assertThat(file.check(Optional.empty()).prefix()).isEqualTo(prefix);
        assertThat(file.check(Optional.of("team")).prefix()).isNotEqualTo(prefix);
        FileIds other = file(LINE.formatted("a") + " ").check(Optional.empty());
        assertThat(other.prefix()).isNotEqualTo(prefix);
        assertThat(new String(other.sent("a", LINE.formatted("a").getBytes(UTF_8)), UTF_8))
                .isEqualTo(LINE.formatted(other.prefix() + "a"));
        assertThat(other.of(other.key("a"))).contains("a");
        assertThat(other.of("a".getBytes(UTF_8))).isEmpty();
    }

    @Test
    void refusesAnIdThatIsTooLongWithItsPrefix() throws IOException {
        refused(file(LINE.formatted("a".repeat(240))), "1 to 239 printable");
        assertThat(file(LINE.formatted("a".repeat(239))).check(Optional.empty()).count())
                .isEqualTo(1);
    }

    @Test
    void refusesAnIdThatComesTwice() throws IOException {
        refused(
                file(LINE.formatted("a") + "\n" + LINE.formatted("a")),
                "line 2 has the custom_id 'a' of a line before");
    }

    @Test
    void refusesALineThatServersDoNotRead() throws IOException {
        int around = LINE.formatted("a").getBytes(UTF_8).length;
        int most = (8 << 20) - (4 << 10);
        String longest = LINE.formatted("a".repeat(10)) + " ".repeat(most - around - 9);
        assertThat(file(longest).check(Optional.empty()).count()).isEqualTo(1);
        refused(file(longest + " "), "line 1 is longer than the 8384512 bytes that servers read");
    }

    @Test
    void refusesAFileWithoutRequests() throws IOException {
        refused(file("\n\n"), "holds no request");
        refused(new RequestFile(folder.resolve("absent")), "there is no file");
        refused(new RequestFile(folder), "cannot read");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"url":"/v1/completions","body":{}} | has no custom_id
            {"custom_id":"","url":"/v1/completions","body":{}} | custom_id that is none
            {"custom_id":"1","body":{}} | has no url
            {"custom_id":"1","url":"/v1/images","body":{}} | '/v1/images', which no batch has; known are /v1/chat/completions
            {"custom_id":"1","url":"/v1/completions"} | no field body
            {"custom_id":"1","method":"GET","url":"/v1/completions","body":{}} | must be POST
            nonsense | is no request
            """)
    void namesTheLineThatIsNoRequest(String line, String message) throws IOException {
        RequestFile file = file(LINE.formatted("a") + "\n" + line);
        refused(file, "line 2 ");
        refused(file, message);
    }
}
