package dev.foretoken.onnxruntime;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process with ONNX Runtime leaves behind and prints. */
class OrtProcessTest {

    @TempDir
    Path folder;

    /** Starts ONNX Runtime as a server does, opens a graph, and ends without any last word. */
    public static void main(String[] graph) {
        OrtHome.ofUser();
        new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)
                .open(Path.of(graph[0]), DeviceSpec.cpu(1), SessionOptions.DEFAULT)
                .close();
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
    void leavesNoFolderAndPrintsNoWarning() throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .floats("unused", List.of(1L), 1)
                .output("y", ElementType.FP32, "n")
                .node("Identity", names("x"), names("y"))
                .write(folder.resolve("model.onnx"));
        assertThat(run(graph, temporary)).doesNotContain("onnxruntime:");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("onnxruntime"));
        }
    }
}
