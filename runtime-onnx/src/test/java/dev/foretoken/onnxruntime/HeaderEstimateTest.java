package dev.foretoken.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeEstimate.Facts;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files tell of graphs is what the opened graphs say. */
class HeaderEstimateTest {

    private static final DeviceSpec CPU = DeviceSpec.cpu(1);

    @TempDir
    static Path cache;

    private final OnnxRuntimeProvider provider = new OnnxRuntimeProvider(() -> new OrtHome(
            new GraphSessions(
                    new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1),
                    () -> new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)),
            new OptimizedGraphs(new KeptGraphs(cache, 1 << 26, InstantSource.system()), "test")));

    private static ModelSource fixture(String name) {
        Path root = Path.of(System.getProperty("foretoken.root"));
        return ModelSource.of(name, root.resolve("src/models/onnx-fixtures").resolve(name));
    }

    /** Every eighth of them: each is loaded for it. */
    static List<ZooModel> models() {
        List<ZooModel> all = ZooModel.all();
        return IntStream.range(0, all.size())
                .filter(i -> i % 8 == 0)
                .mapToObj(all::get)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void tellsWhatAGraphOfTensorsTakesAndMakes(ZooModel model) {
        ModelSource source = ModelSource.of(model.name(), model.graph());
        RuntimeEstimate estimate =
                provider.estimate(source, CPU, RuntimeOptions.DEFAULT).orElseThrow();
        try (TensorRuntime runtime =
                (TensorRuntime) provider.open(source, CPU, RuntimeOptions.DEFAULT, LoadProgress.SILENT)) {
            TensorSignature told =
                    ((Facts.Tensors) estimate.facts()).signature().orElseThrow();
            assertThat(told.inputs()).isEqualTo(runtime.signature().inputs());
            assertThat(told.batchAxis()).isEqualTo(runtime.signature().batchAxis());
            assertNoMoreThan(runtime.signature().outputs(), told.outputs());
            assertThat(estimate.tasks()).isEqualTo(runtime.tasks());
            assertThat(estimate.residentBytes()).isEqualTo(runtime.residentBytes());
        }
    }

    /** A session finds sizes of outputs by inference that the file leaves open. */
    private static void assertNoMoreThan(List<TensorSpec> known, List<TensorSpec> told) {
        assertThat(told).extracting(TensorSpec::name).isEqualTo(names(known));
        for (int i = 0; i < known.size(); i++) {
            assertThat(told.get(i).type()).isEqualTo(known.get(i).type());
            assertThat(told.get(i).shape()).hasSameSizeAs(known.get(i).shape());
            for (int axis = 0; axis < known.get(i).shape().size(); axis++) {
                assertThat(told.get(i).shape().get(axis))
                        .as("%s, axis %d", told.get(i).name(), axis)
                        .isIn(-1L, known.get(i).shape().get(axis));
            }
        }
    }

    private static List<String> names(List<TensorSpec> specs) {
        return specs.stream().map(TensorSpec::name).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"llama-genai", "llama-genai-int4", "llama-plain", "moe-genai", "mamba", "hybrid", "delta-genai"})
    void tellsTheSizesOfADecoder(String name) {
        RuntimeOptions options = RuntimeOptions.DEFAULT.withMaxContext(64);
        RuntimeEstimate estimate =
                provider.estimate(fixture(name), CPU, options).orElseThrow();
        Facts.Sequences told = (Facts.Sequences) estimate.facts();
        try (SequenceRuntime runtime =
                (SequenceRuntime) provider.open(fixture(name), CPU, options, LoadProgress.SILENT)) {
            ModelShape shape = runtime.shape();
            assertThat(told.shape())
                    .isEqualTo(new ModelShape(shape.vocabularySize(), shape.contextTokens(), shape.parts(), ""));
            assertThat(told.shape().vocabularySize()).isEqualTo(96);
            assertThat(told.shape().contextTokens()).isEqualTo(64);
            assertThat(told.capabilities()).isEqualTo(runtime.capabilities());
            assertThat(estimate.residentBytes()).isEqualTo(runtime.residentBytes());
        }
    }

    private static GraphWriter decoder(String vocabulary, String... cache) {
        return new GraphWriter()
                .input("input_ids", ElementType.INT64, "b", "s")
                .input("past_key_values.0.key", ElementType.FP32, cache)
                .output("logits", ElementType.FP32, "b", "s", vocabulary)
                .output("present.0.key", ElementType.FP32, cache);
    }

    private Optional<RuntimeEstimate> estimate(GraphWriter graph, int context) {
        ModelSource source = ModelSource.of("sized", graph.write(cache.resolve("sized.onnx")));
        return provider.estimate(source, CPU, RuntimeOptions.DEFAULT.withMaxContext(context));
    }

    @Test
    void tellsNothingOfADecoderWhoseSizesCannotBeCounted() {
        String huge = Long.toString(1L << 40);
        assertThat(estimate(decoder("96", "b", "2", "past", "8"), 64)).isPresent();
        assertThat(estimate(decoder(huge, "b", "2", "past", "8"), 64)).isEmpty();
        assertThat(estimate(decoder("96", "b", "2", huge, "8"), 64)).isEmpty();
        assertThat(estimate(decoder("96", "b", huge, "past", huge), 64)).isEmpty();
        assertThat(estimate(decoder("96", "b", huge, "8"), 64)).isEmpty();
        assertThat(estimate(decoder("96", "b", "0", "past", "8"), 64)).isEmpty();
        String large = Integer.toString(1 << 28);
        assertThatThrownBy(() -> estimate(decoder("96", "b", "1", "past", large), 1 << 24))
                .hasMessageContaining("set a smaller max-context")
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));
    }

    @Test
    void asksForAContextThatNobodyTells() {
        assertThatThrownBy(() -> provider.estimate(fixture("llama-plain"), CPU, RuntimeOptions.DEFAULT))
                .hasMessageContaining("set max-context")
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));
    }
}
