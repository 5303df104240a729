package dev.foretoken.onnxruntime;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a folder of optimized graphs and write the same one at once. */
class GraphCacheProcessesTest {

    private static final String WRITTEN = "written";
    private static final String ANSWER = "answer ";

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(Process::destroyForcibly);
    }

    /** Opens a graph, waits for a line once its optimized form is on the disk and before it is kept, and says what the graph answers to 1. */
    public static void main(String[] graphAndCache) {
        JavaSessionFactory real = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1);
        SessionFactory waiting = (model, device, options) -> {
            GraphSession session = real.open(model, device, options);
            if (options.writeOptimizedTo() != null) {
                System.out.println(WRITTEN);
                awaitLine();
            }
            return session;
        };
        OptimizedGraphs cache =
                new OptimizedGraphs(new KeptGraphs(Path.of(graphAndCache[1]), 1 << 20, InstantSource.system()), "one");
        try (GraphSession session =
                        cache.open(GraphArtifact.at(Path.of(graphAndCache[0]), false), waiting, DeviceSpec.cpu(1));
                Arena arena = Arena.ofConfined();
                Binding binding = session.bind()) {
            MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT);
            binding.input("x", ElementType.FP32, new long[] {1}, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1));
            binding.output("y", ElementType.FP32, new long[] {1}, y);
            binding.run();
            System.out.println(ANSWER + y.get(ValueLayout.JAVA_FLOAT, 0));
        }
    }

    private static void awaitLine() {
        try {
            System.in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process start(Path graph, Path cache) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder,
                GraphCacheProcessesTest.class.getName(),
                graph.toString(),
                cache.toString());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private static void awaitText(BufferedReader out, String expected) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); !expected.equals(line); line = out.readLine()) {
            assertThat(line).as("after: " + said).isNotNull();
            said.append(line).append('\n');
        }
    }

    private static List<Path> files(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void bothAnswerAndOneGraphIsKeptForTheNext() throws Exception {
        Path graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP32, "n")
                .floats("w", List.of(1L), 2)
                .node("Mul", names("x", "w"), names("product"))
                .node("Identity", names("product"), names("y"))
                .write(folder.resolve("model.onnx"));
        Path cache = folder.resolve("cache");
        List<Process> processes = List.of(start(graph, cache), start(graph, cache));
        List<BufferedReader> outs = processes.stream().map(Process::inputReader).toList();
        for (BufferedReader out : outs) {
            awaitText(out, WRITTEN);
        }
        assertThat(files(cache)).as("a file of each, not kept yet").hasSize(2);
        for (Process process : processes) {
            process.outputWriter().append('\n').close();
        }
        for (int i = 0; i < processes.size(); i++) {
            awaitText(outs.get(i), ANSWER + 2.0F);
            assertThat(processes.get(i).waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(processes.get(i).exitValue()).isZero();
        }
        assertThat(files(cache))
                .singleElement()
                .satisfies(kept -> assertThat(kept.getFileName().toString()).doesNotStartWith("."));
        List<Path> opened = new ArrayList<>();
        JavaSessionFactory real = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1);
        SessionFactory watched = (model, device, options) -> {
            opened.add(model);
            assertThat(options).isEqualTo(SessionOptions.AS_IT_IS);
            return real.open(model, device, options);
        };
        OptimizedGraphs next = new OptimizedGraphs(new KeptGraphs(cache, 1 << 20, InstantSource.system()), "one");
        next.open(GraphArtifact.at(graph, false), watched, DeviceSpec.cpu(1)).close();
        assertThat(opened).isEqualTo(files(cache));
    }
}
