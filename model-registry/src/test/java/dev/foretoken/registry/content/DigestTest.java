package dev.foretoken.registry.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DigestTest {

    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void isTheSha256OfTheBytes(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("empty"), new byte[0]);
        assertThat(Digest.of(new byte[0]).hex()).isEqualTo(EMPTY);
        assertThat(Digest.of(file)).isEqualTo(Digest.of(new byte[0]));
        assertThat(Digest.parse("sha256:" + EMPTY).toString()).isEqualTo("sha256:" + EMPTY);
    }

    static Stream<String> others() {
        return Stream.of(
                "",
                EMPTY,
                "sha256:",
                "sha256:" + EMPTY.substring(1),
                "sha256:" + EMPTY + "0",
                "sha256:" + EMPTY + "\n",
                "SHA256:" + EMPTY,
                "sha256:" + EMPTY.toUpperCase(java.util.Locale.ROOT),
                "sha512:" + EMPTY + EMPTY,
                "sha256:../../../../" + EMPTY.substring(12),
                "sha256-" + EMPTY,
                " sha256:" + EMPTY);
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Digest.parse(text))
                .hasMessageContaining("64 lower-case hexadecimal digits")
                .asInstanceOf(type(ForetokenException.class))
                .extracting(ForetokenException::code)
                .isEqualTo(ErrorCode.CONFIG_INVALID);
    }
}
