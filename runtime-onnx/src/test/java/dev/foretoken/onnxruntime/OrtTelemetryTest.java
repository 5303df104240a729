package dev.foretoken.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, whose home shows what ONNX Runtime leaves there. */
class OrtTelemetryTest {

    @TempDir
    private Path home;

    @Test
    void keepsNoTelemetryInTheUsersFolders() throws IOException, InterruptedException {
        Path graph = Path.of(System.getProperty("foretoken.root"), "src", "models", "onnx-fixtures", "llama-genai");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Duser.home=" + home,
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        Opening.class.getName(),
                        graph.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("output.txt").toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("HOME", home.toString());
        builder.environment().remove("XDG_CACHE_HOME");
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(home.resolve("output.txt")))
                .isZero();
        try (Stream<Path> all = Files.walk(home)) {
            List<String> names =
                    all.map(path -> home.relativize(path).toString()).toList();
            assertThat(names)
                    .anyMatch(name -> name.contains("foretoken"))
                    .noneMatch(name -> name.contains("Microsoft"));
        }
    }

    /** Opens a graph and ends. */
    static final class Opening {

        private Opening() {}

        public static void main(String[] arguments) {
            OnnxRuntimeProvider provider = new OnnxRuntimeProvider();
            ModelSource source = ModelSource.of("graph", Path.of(arguments[0]));
            if (!(provider.probe(source, DeviceSpec.cpu(1)) instanceof Availability.Present)) {
                throw new IllegalStateException("ONNX Runtime is missing");
            }
            provider.open(source, DeviceSpec.cpu(1), RuntimeOptions.DEFAULT, LoadProgress.SILENT)
                    .close();
        }
    }
}
