package dev.foretoken.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders with decoders become runtimes of sequences. */
final class DecoderProviderTest {

    private static final DeviceSpec CPU = DeviceSpec.cpu(1);

    @TempDir
    Path cache;

    private final OnnxRuntimeProvider provider = new OnnxRuntimeProvider(() -> new OrtHome(
            new GraphSessions(
                    new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1),
                    () -> new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)),
            new OptimizedGraphs(new KeptGraphs(cache, 1 << 20, InstantSource.system()), "test")));

    private static ModelSource fixture(String name) {
        Path root = Path.of(System.getProperty("foretoken.root"));
        return ModelSource.of(name, root.resolve("src/models/onnx-fixtures").resolve(name));
    }

    @ParameterizedTest
    @CsvSource({"llama-genai, 0, 128", "llama-genai, 100, 100", "llama-plain, 64, 64", "mamba, 64, 64", "hybrid, 32, 32"
    })
    void opensADecoderWithTheContextThatIsKnown(String name, int asked, int context) {
        assertThat(provider.probe(fixture(name), CPU)).isEqualTo(new Availability.Present());
        RuntimeOptions options = RuntimeOptions.DEFAULT.withMaxContext(asked);
        try (SequenceRuntime runtime =
                (SequenceRuntime) provider.open(fixture(name), CPU, options, LoadProgress.SILENT)) {
            assertThat(runtime.shape().contextTokens()).isEqualTo(context);
            assertThat(runtime.shape().vocabularySize()).isEqualTo(96);
            assertThat(runtime.residentBytes()).isPositive();
        }
    }

    @Test
    void asksForTheContextThatNobodyTold() {
        assertThatThrownBy(
                        () -> provider.open(fixture("llama-plain"), CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("set max-context");
    }
}
