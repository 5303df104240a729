package dev.foretoken.onnxruntime;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptimizedGraphsTest {

    @TempDir
    Path folder;

    private final List<Path> loaded = new ArrayList<>();
    private final JavaSessionFactory real = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1);
    private final SessionFactory watched = (model, device, options) -> {
        loaded.add(model);
        return real.open(model, device, options);
    };
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private GraphArtifact graph(String name, float weight) {
        Path file = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP32, "n")
                .floats("w", List.of(1L), weight)
                .node("Mul", names("x", "w"), names("product"))
                .node("Identity", names("product"), names("y"))
                .write(folder.resolve(name));
        return GraphArtifact.at(file, false);
    }

    private OptimizedGraphs cache(long maxBytes, String machine) {
        return new OptimizedGraphs(folder.resolve("cache"), maxBytes, machine, () -> now);
    }

    private void open(OptimizedGraphs cache, GraphArtifact artifact) {
        now = now.plusSeconds(1);
        try (GraphSession session = cache.open(artifact, watched, DeviceSpec.cpu(1))) {
            assertThat(session.inputs().getFirst().name()).isEqualTo("x");
        }
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void loadsTheRewrittenGraphTheNextTime() throws IOException {
        GraphArtifact artifact = graph("a.onnx", 2);
        open(cache(1 << 20, "one"), artifact);
        open(cache(1 << 20, "one"), artifact);
        assertThat(kept()).hasSize(1);
        assertThat(loaded).containsExactly(artifact.graph(), kept().getFirst());
    }

    @Test
    void keepsGraphsOfOtherWeightsAndForOtherMachinesApart() throws IOException {
        open(cache(1 << 20, "one"), graph("a.onnx", 2));
        open(cache(1 << 20, "one"), graph("b.onnx", 3));
        open(cache(1 << 20, "two"), graph("b.onnx", 3));
        assertThat(kept()).hasSize(3);
    }

    @Test
    void makesADamagedOneAnew() throws IOException {
        GraphArtifact artifact = graph("a.onnx", 2);
        open(cache(1 << 20, "one"), artifact);
        Path damaged = kept().getFirst();
        Files.writeString(damaged, "nothing of a graph");
        open(cache(1 << 20, "one"), artifact);
        assertThat(loaded).containsExactly(artifact.graph(), damaged, artifact.graph());
        assertThat(Files.size(damaged)).isGreaterThan(30);
    }

    @Test
    void givesUpWhatWasNotUsedForLongest() throws IOException {
        GraphArtifact first = graph("a.onnx", 1);
        GraphArtifact second = graph("b.onnx", 2);
        OptimizedGraphs roomy = cache(1 << 20, "one");
        open(roomy, first);
        Path ofFirst = kept().getFirst();
        open(roomy, second);
        open(roomy, first);
        long bytes = Files.size(ofFirst);
        open(cache(2 * bytes, "one"), graph("c.onnx", 3));
        assertThat(kept()).hasSize(2).contains(ofFirst);
    }

    @Test
    void servesWithoutAPlaceToWrite() throws IOException {
        Path file = Files.writeString(folder.resolve("no-folder"), "");
        OptimizedGraphs cache = new OptimizedGraphs(file.resolve("below"), 1 << 20, "one", () -> now);
        open(cache, graph("a.onnx", 2));
        assertThat(loaded).hasSize(1);
    }

    @Test
    void leavesNothingBesideWhatItKeeps() throws IOException {
        open(cache(1, "one"), graph("a.onnx", 2));
        assertThat(kept()).isEmpty();
    }
}
