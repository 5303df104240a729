package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.SampleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in several files that have some of them in common. */
final class GgufOriginTest {

    @TempDir
    private Path home;

    private static String part(int number) {
        return "m-%05d-of-00002.gguf".formatted(number);
    }

    private Path linked(String name, Path from) throws IOException {
        Path folder = Files.createDirectory(home.resolve(name));
        for (int number : List.of(1, 2)) {
            Files.createLink(folder.resolve(part(number)), from.resolve(part(number)));
        }
        return folder;
    }

    private static Object origin(Path folder) {
        try (GgufWeights weights = new GgufWeights(GgufFile.open(folder.resolve(part(1))), Map.of())) {
            return weights.origin("plain");
        }
    }

    @Test
    void areOneOnlyWhenAllTheirFilesAre() throws IOException {
        Path first = Files.createDirectory(home.resolve("first"));
        SampleFile.writer().writeSplit(first, "m", 2);
        Path same = linked("same", first);
        assertThat(origin(same)).isEqualTo(origin(first));
        Path other = linked("other", first);
        byte[] bytes = Files.readAllBytes(other.resolve(part(2)));
        bytes[bytes.length - 1] ^= 1;
        Files.delete(other.resolve(part(2)));
        Files.write(other.resolve(part(2)), bytes);
        assertThat(origin(other)).as("as long, and the first file is the same").isNotEqualTo(origin(first));
    }
}
