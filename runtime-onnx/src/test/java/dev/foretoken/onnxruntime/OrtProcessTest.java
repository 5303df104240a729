package dev.foretoken.onnxruntime;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process with ONNX Runtime leaves behind and prints. */
class OrtProcessTest {

    private static final String REFUSED = "the run was refused";

    @TempDir
    Path folder;

    /** Starts ONNX Runtime as a server does, runs a graph of three numbers that fails, and ends without any last word. */
    public static void main(String[] graph) {
        OrtHome.ofUser();
        try (Arena arena = Arena.ofConfined();
                CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);
                GraphSession session = factory.open(Path.of(graph[0]), DeviceSpec.cpu(1), SessionOptions.DEFAULT);
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, new long[] {3}, arena.allocate(3 * Float.BYTES, 64));
            binding.output("y");
            binding.run();
        } catch (ForetokenException e) {
            System.out.println(REFUSED);
        }
        Runtime.getRuntime().halt(0);
    }

    private String run(Path graph, Path temporary) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                OrtProcessTest.class.getName(),
                graph.toString());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(printed);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    @Test
    void leavesNoFolderAndPrintsNothingWhenARunFails() throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .longs("pairs", List.of(2L), -1, 2)
                .output("y", ElementType.FP32, "m", "k")
                .node("Reshape", names("x", "pairs"), names("y"))
                .write(folder.resolve("model.onnx"));
        assertThat(run(graph, temporary)).contains(REFUSED).doesNotContain("onnxruntime:");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("onnxruntime"));
        }
    }
}
