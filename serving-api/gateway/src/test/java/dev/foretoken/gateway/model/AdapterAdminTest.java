package dev.foretoken.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.fake.FakeAdapters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folders callers reach when they load adapters. */
class AdapterAdminTest {

    @TempDir
    Path home;

    private final FakeAdapters adapters = new FakeAdapters();
    private Path folder = Path.of("");
    private AdapterAdmin admin = new AdapterAdmin(new FakeEngine("m", 10), adapters, Path.of("."));

    @BeforeEach
    void makeFolders() throws IOException {
        folder = Files.createDirectories(home.resolve("adapters")).toRealPath();
        Files.createDirectories(folder.resolve("sql/v2"));
        Files.createDirectories(home.resolve("secret"));
        Files.writeString(folder.resolve("file"), "not a folder");
        Files.createSymbolicLink(folder.resolve("out"), home.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("in"), folder.resolve("sql"));
        admin = new AdapterAdmin(new FakeEngine("m", 10), adapters, folder);
    }

    @Test
    void loadsFoldersInsideAlsoByLinksAndWholePaths() {
        Path inside = folder.resolve("sql");
        for (String path : List.of("sql", "./sql", "sql/v2/..", "in", inside.toString())) {
            assertThat(admin.load(Optional.empty(), "s", path)).isEqualTo("m");
        }
        assertThat(adapters.done()).hasSize(5).containsOnly("m:s=" + inside);
    }

    @Test
    void refusesWhatIsOutsideAsIfItWereNotThere() {
        for (String path : List.of(
                "..", "../secret", "out", "/etc", "sql/../../secret", "nowhere", "file", "../adapters-2", "a\0b")) {
            assertThatThrownBy(() -> admin.load(Optional.of("m"), "s", path))
                    .as(path)
                    .hasMessage("lora_path must name a folder inside the folder that this server loads adapters from");
        }
        assertThat(adapters.done()).isEmpty();
    }

    @Test
    void takesTheOnlyModelWhereNoneIsNamed() {
        assertThat(admin.unload(Optional.empty(), "s", Duration.ZERO)).isEqualTo("m");
        assertThat(admin.unload(Optional.of("other"), "s", Duration.ZERO)).isEqualTo("other");
        assertThat(adapters.done()).containsExactly("-m:s", "-other:s");
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        assertThatThrownBy(() -> new AdapterAdmin(new FakeEngine("m", 10), adapters, home.resolve("nowhere")))
                .hasMessageContaining("must be a folder that can be read");
    }
}
