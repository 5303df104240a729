package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.AdminConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key opens the admin port, and nothing else does. */
class AdminOptionsTest {

    private static final String KEY = "FORETOKEN_ADMIN_KEY";

    @TempDir
    private Path folder;

    private static AppConfig parse(Map<String, String> environment, String... arguments) {
        return ProcessOptions.config(List.of(arguments), environment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "gateway", "runtime", "registry"})
    void closedWithoutAKeyInEveryRole(String role) {
        String[] arguments = role.equals("gateway")
                ? new String[] {"--api-key=callers-key", "--role=gateway", "--pod=127.0.0.1:1"}
                : new String[] {"--api-key=callers-key", "--role=" + role};
        assertThat(parse(Map.of(), arguments).admin()).isEmpty();
        assertThat(parse(Map.of(KEY, ""), arguments).admin()).isEmpty();
        assertThat(parse(Map.of(KEY, "only-operators"), arguments).admin())
                .contains(new AdminConfig("127.0.0.1", 8081, List.of("only-operators"), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"admin-port=8081", "admin-port=0", "admin-host=127.0.0.1", "admin-host=0.0.0.0", "admin-host=::1"
            })
    void askedForWithoutAKeyItIsRefusedWithASentence(String asked) {
        assertThatThrownBy(() -> parse(Map.of(), "--api-key=callers-key", "--" + asked))
                .isInstanceOf(ForetokenException.class)
                .hasMessageStartingWith(asked + ", must be given with an admin key")
                .hasMessageContaining("--admin-key-file")
                .hasMessageContaining(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"role=runtime", "with-pod"})
    void askedForWhereTheRoleHasNoneItIsRefused(String which) {
        String[] alone = {"--api-key=callers-key", "--" + which};
        assertThat(parse(Map.of(KEY, "only-operators"), alone).hasRegistry()).isFalse();
        for (String asked : List.of("admin-port=9000", "admin-port=0", "admin-host=127.0.0.1")) {
            for (Map<String, String> environment : List.of(Map.of(KEY, "only-operators"), Map.<String, String>of())) {
                assertThatThrownBy(() -> parse(environment, alone[0], alone[1], "--" + asked))
                        .isInstanceOf(ForetokenException.class)
                        .hasMessage(asked + ", must be given where there is that port, which is role gateway, registry,"
                                + " or all without --with-pod");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "gateway", "registry"})
    void openWhereItIsAskedForInEveryRoleThatHasOne(String role) {
        String[] arguments = role.equals("gateway")
                ? new String[] {"--admin-port=9000", "--role=gateway", "--pod=127.0.0.1:1"}
                : new String[] {"--admin-port=9000", "--role=" + role};
        assertThat(parse(Map.of(KEY, "only-operators"), arguments).admin())
                .contains(new AdminConfig("127.0.0.1", 9000, List.of("only-operators"), List.of()));
    }

    @Test
    void refusedAlsoWhereAVariableAsksForIt() {
        assertThatThrownBy(() -> parse(Map.of("FORETOKEN_ADMIN_PORT", "8081")))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("admin-port=8081");
    }

    @Test
    void theKeyComesFromTheEnvironmentAndIsNotACallersKey() {
        AppConfig config = parse(Map.of(KEY, "only-operators", "FORETOKEN_API_KEY", "everybody"), "--admin-host=::");
        assertThat(config.admin()).contains(new AdminConfig("::", 8081, List.of("only-operators"), List.of()));
        assertThat(config.apiKeys()).containsExactly("everybody");
    }

    @Test
    void keysComeFromAFileAndTheCommandLineTogether() throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "first-of-operators\n\nsecond-of-operators\n");
        assertThat(parse(
                                Map.of(KEY, "unused-beside-others"),
                                "--admin-key-file=" + file,
                                "--admin-key=typed-by-operators",
                                "--admin-port=0")
                        .admin())
                .contains(new AdminConfig(
                        "127.0.0.1",
                        0,
                        List.of("typed-by-operators", "first-of-operators", "second-of-operators"),
                        List.of()));
    }

    @Test
    void anEmptyFileOpensNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "\n");
        assertThatThrownBy(() -> parse(Map.of(), "--admin-key-file=" + file))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("admin-key-file=" + file);
    }

    @Test
    void theKeysAreNotPrinted() {
        AppConfig config = parse(Map.of(KEY, "only-operators"));
        assertThat(config.toString() + config.admin()).doesNotContain("only-operators");
    }
}
