package dev.foretoken.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Published architectures, exported with random weights, answer as the models did that they were exported from. */
class ZooTest {

    private static final DeviceSpec CPU = DeviceSpec.cpu(1);

    /** Of all tests, so that those behind the first load graphs as ONNX Runtime rewrote them. */
    @TempDir
    static Path cache;

    private final OnnxRuntimeProvider provider = provider(cache);

    /** Over both interfaces of ONNX Runtime; graphs as it rewrote them are kept in a folder. */
    static OnnxRuntimeProvider provider(Path rewritten) {
        return new OnnxRuntimeProvider(() -> new OrtHome(
                new GraphSessions(
                        new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1),
                        () -> new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)),
                new OptimizedGraphs(new KeptGraphs(rewritten, 1 << 26, InstantSource.system()), "test")));
    }

    static List<ZooModel> models() {
        return ZooModel.all();
    }

    @Test
    void standsForMoreThanFortyPublishedSystems() {
        Set<String> names = new HashSet<>();
        Set<String> rows = new HashSet<>();
        for (ZooModel model : models()) {
            assertThat(model.rows()).as(model.name()).isNotEmpty();
            names.add(model.name());
            rows.add(model.rows().getFirst());
        }
        assertThat(names).hasSizeGreaterThanOrEqualTo(40);
        assertThat(rows).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("models")
    void answersAsTheModelItWasExportedFrom(ZooModel model) {
        try (TensorRuntime runtime = open(model)) {
            assertAnswers(runtime, model.inputs(), model.outputs());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void answersARowAloneAsInABatch(ZooModel model) {
        try (TensorRuntime runtime = open(model)) {
            assertThat(runtime.signature().batchAxis()).isZero();
            List<Tensor> inputs = model.inputs().stream().map(ZooModel::lastRow).toList();
            List<Tensor> outputs =
                    model.outputs().stream().map(ZooModel::lastRow).toList();
            assertAnswers(runtime, inputs, outputs);
        }
    }

    private TensorRuntime open(ZooModel model) {
        ModelSource source = ModelSource.of(model.name(), model.graph());
        return (TensorRuntime) provider.open(source, CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT);
    }

    private static void assertAnswers(TensorRuntime runtime, List<Tensor> inputs, List<Tensor> expected) {
        ZooAnswers.assertEqual(runtime.run(inputs, List.of()), expected);
    }
}
