package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderLibrariesTest {

    private static final String CUDA = "libonnxruntime_providers_cuda.so";

    @TempDir
    Path archive;

    @TempDir
    Path target;

    private Path packed;

    @BeforeEach
    void pack() throws IOException {
        packed = Files.createDirectories(archive.resolve("ai/onnxruntime/native/linux-x64"));
        Files.writeString(packed.resolve("libonnxruntime_providers_shared.so"), "shared");
        Files.writeString(packed.resolve(CUDA), "cuda");
    }

    private @Nullable URL resource(String path) {
        try {
            Path file = archive.resolve(path.substring(1));
            return Files.exists(file) ? file.toUri().toURL() : null;
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    private void unpack(String platform) throws IOException {
        new ProviderLibraries(this::resource).unpack(platform, target);
    }

    @Test
    void putsBothLibrariesIntoTheFolderAndNothingElse() throws IOException {
        unpack("linux-x64");
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("libonnxruntime_providers_shared.so", CUDA);
        }
        assertThat(target.resolve(CUDA)).hasContent("cuda");
    }

    @Test
    void replacesOnlyALibraryOfAnotherSize() throws IOException {
        Files.writeString(target.resolve("libonnxruntime_providers_shared.so"), "SHARED");
        Files.writeString(target.resolve(CUDA), "an older one");
        unpack("linux-x64");
        assertThat(target.resolve("libonnxruntime_providers_shared.so")).hasContent("SHARED");
        assertThat(target.resolve(CUDA)).hasContent("cuda");
    }

    @Test
    void saysWhatAnArchiveWithoutTheProviderLacks() {
        assertThatThrownBy(() -> unpack("linux-aarch64"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("libonnxruntime_providers_shared.so for linux-aarch64");
    }
}
