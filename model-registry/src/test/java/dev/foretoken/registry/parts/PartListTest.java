package dev.foretoken.registry.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PartListTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);
    private static final PartList LIST =
            new PartList(81, "sha256:" + B, List.of(new PartList.Part(A, 80), new PartList.Part(B, 1)));

    @TempDir
    private Path folder;

    @Test
    void isReadAsItWasWritten() throws IOException {
        Path file = folder.resolve("model.safetensors");
        assertThat(PartList.standsFor(file)).isFalse();
        Files.write(folder.resolve("model.safetensors.parts"), LIST.json());
        assertThat(PartList.standsFor(file)).isTrue();
        assertThat(PartList.of(file)).isEqualTo(LIST);
        assertThat(LIST.parts().getFirst().in(folder))
                .isEqualTo(folder.resolve("parts").resolve(A));
        Files.write(file, new byte[1]);
        assertThat(PartList.standsFor(file)).as("the file itself is there").isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "digest -> other | no text \"digest\"",
                "parts -> other | 1 to 20000 parts",
                "size -> other | no whole number \"size\"",
                "hex -> other | no text \"hex\"",
                "81 -> 82 | the parts have 81 bytes, the file 82",
                "81 -> -81 | the parts have 81 bytes, the file -81",
                "81 -> 81.0 | no whole number",
                "81 -> 99999999999999999999 | no whole number",
                "80 -> 9223372036854775807 | more bytes than a file can have",
                "80 -> 0 | at least 1 byte",
                "80 -> -1 | at least 1 byte",
                "sha256: -> md5: | a digest sha256:HEX",
                "aaaa -> ../. | 64 hexadecimal digits",
                "aaaa -> AAAA | 64 hexadecimal digits",
                "aaaa -> aaaaa | 64 hexadecimal digits",
                "aaaa -> /aaa | 64 hexadecimal digits",
                "{ -> [ | not valid JSON",
            })
    void refusesDamagedLists(String change, String message) {
        String text = new String(LIST.json(), StandardCharsets.UTF_8);
        String[] replace = change.split(" -> ");
        String damaged = text.replaceFirst(Pattern.quote(replace[0]), replace[1]);
        assertThat(damaged).isNotEqualTo(text);
        assertThatThrownBy(() -> PartList.parse("x.parts", damaged.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageStartingWith("x.parts is damaged")
                .hasMessageContaining(message);
    }

    @Test
    void refusesListsThatAreTooLongToBeOne() throws IOException {
        Files.write(folder.resolve("x.parts"), new byte[(4 << 20) + 1]);
        assertThatThrownBy(() -> PartList.of(folder.resolve("x"))).hasMessageContaining("more than");
    }

    @Test
    void refusesNestingAndNothing() {
        for (String json : List.of("", "[".repeat(100_000), "{}{}", "null", "[1]")) {
            assertThatThrownBy(() -> PartList.parse("x.parts", json.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(ForetokenException.class);
        }
    }
}
