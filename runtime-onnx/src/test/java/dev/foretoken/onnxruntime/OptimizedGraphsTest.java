package dev.foretoken.onnxruntime;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        return new OptimizedGraphs(new KeptGraphs(folder.resolve("cache"), maxBytes, () -> now), machine);
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
        assertThat(loaded).containsExactly(artifact.graph(), artifact.graph());
        assertThat(kept()).containsExactly(damaged);
        assertThat(Files.size(damaged)).isGreaterThan(30);
    }

    /** ONNX Runtime loads such a file and answers with it. */
    @Test
    void doesNotServeAWeightThatChangedOnDisk() throws IOException {
        GraphArtifact artifact = graph("a.onnx", 2);
        open(cache(1 << 20, "one"), artifact);
        Path damaged = kept().getFirst();
        Files.write(damaged, withWeight(Files.readAllBytes(damaged), 2, 3));
        assertThat(answer(real.open(damaged, DeviceSpec.cpu(1), SessionOptions.AS_IT_IS)))
                .isEqualTo(3);
        assertThat(answer(cache(1 << 20, "one").open(artifact, watched, DeviceSpec.cpu(1))))
                .isEqualTo(2);
    }

    private static byte[] withWeight(byte[] graph, float from, float to) {
        ByteBuffer bytes = ByteBuffer.wrap(graph).order(ByteOrder.LITTLE_ENDIAN);
        int places = 0;
        for (int at = 0; at + Float.BYTES <= graph.length; at++) {
            if (bytes.getFloat(at) == from) {
                bytes.putFloat(at, to);
                places++;
            }
        }
        assertThat(places).isEqualTo(1);
        return graph;
    }

    /** y for x = 1. */
    private static float answer(GraphSession session) {
        try (session;
                Arena arena = Arena.ofConfined();
                Binding binding = session.bind()) {
            MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
            MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT);
            binding.input("x", ElementType.FP32, new long[] {1}, x);
            binding.output("y", ElementType.FP32, new long[] {1}, y);
            binding.run();
            return y.get(ValueLayout.JAVA_FLOAT, 0);
        }
    }

    /** Such as one of an ONNX Runtime that calls itself the same. */
    @Test
    void makesOneAnewThatIsWholeAndCannotBeLoaded() throws IOException {
        GraphArtifact artifact = graph("a.onnx", 2);
        open(cache(1 << 20, "one"), artifact);
        Path real = kept().getFirst();
        Path text = Files.writeString(folder.resolve("text"), "no graph");
        String name = String.valueOf(real.getFileName());
        String key = name.substring(0, name.indexOf('-'));
        Path other = real.resolveSibling(key + "-" + GraphDigest.ofBytes(text) + ".optimized.onnx");
        Files.move(text, other);
        Files.delete(real);
        open(cache(1 << 20, "one"), artifact);
        assertThat(loaded).containsExactly(artifact.graph(), other, artifact.graph());
        assertThat(kept()).containsExactly(real);
    }

    @Test
    void letsManyWriteAtOnce() throws Exception {
        GraphArtifact artifact = graph("a.onnx", 2);
        int writers = 4;
        CyclicBarrier written = new CyclicBarrier(writers);
        SessionFactory together = (model, device, options) -> {
            GraphSession session = real.open(model, device, options);
            assertThat(options.writeOptimizedTo()).isNotNull().exists();
            await(written);
            return session;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<Float>> answers = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                answers.add(threads.submit(
                        () -> answer(cache(1 << 20, "one").open(artifact, together, DeviceSpec.cpu(1)))));
            }
            for (Future<Float> answer : answers) {
                assertThat(answer.get()).isEqualTo(2);
            }
        }
        assertThat(kept())
                .hasSize(1)
                .noneMatch(file -> file.getFileName().toString().startsWith("."));
        open(cache(1 << 20, "one"), artifact);
        assertThat(loaded).containsExactlyElementsOf(kept());
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(3, TimeUnit.MINUTES);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void opensGraphsWhoseTensorsLieBesideThemAsTheyAre() throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[] {0, 0, (byte) 0xa0, 0x40});
        Path file = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP32, "n")
                .external("w", List.of(1L), "w.bin")
                .node("Mul", names("x", "w"), names("y"))
                .write(folder.resolve("split.onnx"));
        GraphArtifact artifact = GraphArtifact.at(file, false);
        for (int start = 0; start < 2; start++) {
            assertThat(answer(cache(1 << 20, "one").open(artifact, watched, DeviceSpec.cpu(1))))
                    .isEqualTo(5);
        }
        assertThat(loaded).containsExactly(file, file);
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void servesWhenTheDiskIsFull() throws IOException {
        GraphArtifact artifact = graph("a.onnx", 2);
        SessionFactory full = (model, device, options) -> {
            Path written = options.writeOptimizedTo();
            if (written == null) {
                return watched.open(model, device, options);
            }
            write(written, "half of a gra");
            throw new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "No space left on device");
        };
        assertThat(answer(cache(1 << 20, "one").open(artifact, full, DeviceSpec.cpu(1))))
                .isEqualTo(2);
        assertThat(loaded).containsExactly(artifact.graph());
        assertThat(kept()).isEmpty();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        OptimizedGraphs cache = new OptimizedGraphs(new KeptGraphs(file.resolve("below"), 1 << 20, () -> now), "one");
        open(cache, graph("a.onnx", 2));
        assertThat(loaded).hasSize(1);
    }

    @Test
    void leavesNothingBesideWhatItKeeps() throws IOException {
        open(cache(1, "one"), graph("a.onnx", 2));
        assertThat(kept()).isEmpty();
    }
}
