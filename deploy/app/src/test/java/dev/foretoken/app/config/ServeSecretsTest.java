package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the secrets of {@code serve} come from: options, files, the environment. */
class ServeSecretsTest {

    @TempDir
    private Path folder;

    private static AppConfig parse(String... arguments) {
        return parse(Map.of(), arguments);
    }

    private static AppConfig parse(Map<String, String> environment, String... arguments) {
        return ProcessOptions.config(List.of(arguments), environment);
    }

    @Test
    void aKeyMayHoldCommasWhereverItComesFrom() throws IOException {
        String key = "a,b,c;d=e,12345678";
        assertThat(parse("--api-key", key).apiKeys()).containsExactly(key);
        assertThat(parse(Map.of("FORETOKEN_API_KEY", key)).apiKeys()).containsExactly(key);
        Path file = Files.writeString(folder.resolve("keys"), key + "\n\n second-key \n");
        assertThat(parse("--api-key-file", file.toString()).apiKeys()).containsExactly(key, "second-key");
        assertThat(parse(
                                Map.of("FORETOKEN_API_KEY", "not-asked-for"),
                                "--api-key",
                                "first-key",
                                "--api-key-file",
                                file.toString())
                        .apiKeys())
                .containsExactly("first-key", key, "second-key");
    }

    @Test
    void thePodCredentialComesFromAFileOrTheEnvironmentToo() throws IOException {
        Path file = Files.writeString(folder.resolve("credential"), "0123456789,abcdef\n");
        assertThat(parse("--pod-credential-file", file.toString()).podCredential())
                .isEqualTo("0123456789,abcdef");
        assertThat(parse(Map.of("FORETOKEN_POD_CREDENTIAL", "0123456789,abcdef"))
                        .podCredential())
                .isEqualTo("0123456789,abcdef");
    }

    @Test
    void anEmptyFileOfKeysIsRefusedAndItsContentNeverShown() throws IOException {
        Path empty = Files.writeString(folder.resolve("keys"), "\n  \n");
        assertThatThrownBy(() -> parse("--api-key-file", empty.toString()))
                .hasMessageContaining("has no line with a secret");
        Path two = Files.writeString(folder.resolve("two"), "first-secret\nsecond-secret\n");
        assertThatThrownBy(() -> parse("--pod-credential-file", two.toString()))
                .hasMessageContaining("a file of one line")
                .hasMessageNotContaining("first-secret");
    }
}
