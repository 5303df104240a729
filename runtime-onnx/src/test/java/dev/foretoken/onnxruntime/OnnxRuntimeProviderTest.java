package dev.foretoken.onnxruntime;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeProviderTest {

    private static final DeviceSpec CPU = DeviceSpec.cpu(1);

    @TempDir
    Path folder;

    private final OnnxRuntimeProvider provider = new OnnxRuntimeProvider(() -> new OrtHome(
            new GraphSessions(
                    new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1),
                    () -> new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)),
            new OptimizedGraphs(new KeptGraphs(folder.resolve("cache"), 1 << 20, InstantSource.system()), "test")));

    private ModelSource doubling() {
        return ModelSource.of(
                "m",
                new GraphWriter()
                        .input("x", ElementType.FP32, "n")
                        .output("y", ElementType.FP32, "n")
                        .node("Add", names("x", "x"), names("y"))
                        .write(folder.resolve("model.onnx")));
    }

    @Test
    void isFoundByItsService() {
        assertThat(ServiceLoader.load(RuntimeProvider.class))
                .extracting(RuntimeProvider::name)
                .contains("onnx");
    }

    @Test
    void opensAFileAndRunsIt() {
        ModelSource source = doubling();
        assertThat(provider.probe(source, CPU)).isEqualTo(new Availability.Present());
        try (TensorRuntime runtime =
                (TensorRuntime) provider.open(source, CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT)) {
            Tensor x = new Tensor("x", ElementType.FP32, List.of(2L), MemorySegment.ofArray(new float[] {1, 2}));
            assertThat(runtime.run(List.of(x), List.of()).getFirst().data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .containsExactly(2, 4);
            assertThat(runtime.compute().orElseThrow().threads()).isEqualTo(1);
        }
    }

    @Test
    void takesNumbersThatTheJavaInterfaceDoesNot() {
        ModelSource source = ModelSource.of(
                "m",
                new GraphWriter()
                        .input("x", ElementType.UINT32, "n")
                        .output("y", ElementType.UINT32, "n")
                        .node("Identity", names("x"), names("y"))
                        .write(folder.resolve("unsigned.onnx")));
        try (TensorRuntime runtime =
                (TensorRuntime) provider.open(source, CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT)) {
            Tensor x = new Tensor("x", ElementType.UINT32, List.of(2L), MemorySegment.ofArray(new int[] {7, -1}));
            assertThat(runtime.run(List.of(x), List.of()).getFirst().data().toArray(ValueLayout.JAVA_INT_UNALIGNED))
                    .containsExactly(7, -1);
        }
    }

    @Test
    void opensDecodersInTheLayoutsOfExporters() {
        Path fixtures = Path.of(System.getProperty("foretoken.root", ".."), "src/models/onnx-fixtures");
        RuntimeOptions options = RuntimeOptions.DEFAULT.withMaxContext(64);
        for (String layout : List.of("llama-genai", "llama-plain/model.onnx", "mamba")) {
            ModelSource source = ModelSource.of("m", fixtures.resolve(layout));
            assertThat(provider.probe(source, CPU)).isEqualTo(new Availability.Present());
            try (SequenceRuntime runtime = (SequenceRuntime) provider.open(source, CPU, options, LoadProgress.SILENT)) {
                assertThat(runtime.shape().vocabularySize()).isEqualTo(96);
                assertThat(runtime.shape().numericsId()).isNotEmpty();
            }
        }
    }

    @Test
    void tellsWhatAGraphWillTakeAndHoldsWhatItSaid() {
        ModelSource source = doubling();
        RuntimeEstimate estimate =
                provider.estimate(source, CPU, RuntimeOptions.DEFAULT).orElseThrow();
        assertThat(estimate.tasks()).containsExactly(ModelTask.TENSOR);
        try (TensorRuntime runtime =
                (TensorRuntime) provider.open(source, CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT)) {
            assertThat(runtime.residentBytes()).isEqualTo(estimate.residentBytes());
        }
    }

    @Test
    void saysWhyItOpensNoOtherFolder() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        ModelSource source = ModelSource.of("m", folder);
        assertThat(provider.probe(source, CPU))
                .isInstanceOfSatisfying(
                        Availability.Missing.class, m -> assertThat(m.reason()).contains("model.onnx"));
        assertThatThrownBy(() -> provider.open(source, CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED));
    }

    @Test
    void saysWhyItDoesNotComputeOnADeviceThatIsNotThere() {
        assertThat(provider.probe(doubling(), new DeviceSpec(DeviceSpec.Kind.CUDA, 999, 0, CpuList.ANY)))
                .isInstanceOfSatisfying(
                        Availability.Missing.class,
                        m -> assertThat(m.reason()).containsAnyOf("computes on CPUs only", "CUDA", "NVIDIA"));
    }

    @Test
    void saysWhyWithoutItsLibrary() {
        OnnxRuntimeProvider without = new OnnxRuntimeProvider(() -> {
            throw new UnsatisfiedLinkError("no such library");
        });
        assertThat(without.probe(doubling(), CPU))
                .isInstanceOfSatisfying(
                        Availability.Missing.class, m -> assertThat(m.reason()).contains("no such library"));
    }
}
