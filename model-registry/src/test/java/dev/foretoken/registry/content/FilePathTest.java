package dev.foretoken.registry.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathTest {

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "base/model.safetensors", "..a/b..", "a/.b", "ü", "a b"})
    void acceptsNormalisedRelativePaths(String path) {
        assertThat(FilePath.checked(path)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "..",
                "../a",
                "a/../b",
                "a/..",
                "./a",
                "a/.",
                "a//b",
                "a/",
                "a\\b",
                "..\\a",
                "C:/a",
                "a:stream",
                "a\0b",
                "a\nb",
                "a\u007fb",
                "a\ud800b"
            })
    void refusesEveryPathThatCouldLeaveTheFolder(String path) {
        assertThatThrownBy(() -> FilePath.checked(path))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("file path")
                .hasMessageContaining("must be relative, normalised");
    }

    @Test
    void countsItsLimitInBytes() {
        assertThat(FilePath.checked("a".repeat(512))).hasSize(512);
        assertThatThrownBy(() -> FilePath.checked("a".repeat(513))).hasMessageContaining("longer than 512 bytes");
        assertThatThrownBy(() -> FilePath.checked("ü".repeat(257))).hasMessageContaining("longer than 512 bytes");
    }
}
