package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.registry.gguf.GgmlType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of a variant's memory before it is opened, against what it then holds. */
final class ResidentEstimateTest {

    private static final DeviceSpec CPU = DeviceSpec.cpu(1);
    private static final RuntimeOptions SCALAR = new RuntimeOptions(CacheType.BF16, "scalar", Precision.FAST, 0);
    private static final double PERCENT = 5;

    private final NativeRuntimeProvider provider = new NativeRuntimeProvider();

    static Stream<String> names() {
        return Conformance.names().stream();
    }

    private static ModelSource checkpoint(String name) {
        return ModelSource.of(name, Conformance.root().resolve(name));
    }

    private static ModelSource own(String path) {
        return ModelSource.of("own", Conformance.root().getParent().resolve(path));
    }

    private static ModelSource random(String shape) {
        return new ModelSource("random", URI.create("random:" + shape), "");
    }

    private RuntimeEstimate estimate(ModelSource source, RuntimeOptions options) {
        return provider.estimate(source, CPU, options).orElseThrow();
    }

    private void requireTrue(ModelSource source, RuntimeOptions options) {
        RuntimeEstimate estimate = estimate(source, options);
        try (SequenceRuntime runtime = provider.open(source, CPU, options, LoadProgress.SILENT)) {
            assertThat(estimate.weightBytes())
                    .as("weights of %s", source.name())
                    .isEqualTo(runtime.heldAs().weightBytes());
            requireSame(estimate, runtime);
        }
    }

    private static void requireSame(RuntimeEstimate estimate, SequenceRuntime runtime) {
        assertThat(estimate.residentBytes()).isCloseTo(runtime.residentBytes(), Percentage.withPercentage(PERCENT));
        ModelShape shape = runtime.shape();
        ModelShape withoutId = new ModelShape(
                shape.vocabularySize(), shape.contextTokens(), shape.parts(), "", shape.lengthInvariantTokens());
        assertThat(estimate.facts()).isEqualTo(new RuntimeEstimate.Facts.Sequences(withoutId, runtime.capabilities()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void knowsWhatEveryArchitectureAndRecipeHolds(String name) {
        requireTrue(checkpoint(name), SCALAR);
    }

    @Test
    void knowsWhatPredictionsHold(@TempDir Path shared, @TempDir Path separate) throws IOException {
        new PredictionFolder(shared).shared("llama-gqa-f32", List.of(0), List.of(0, 0), PredictionFolder.IDENTITY);
        requireTrue(ModelSource.of("shared", shared), SCALAR);
        new PredictionFolder(separate)
                .separate("qwen3-window-layers", "gemma3-mixed", List.of(1, 3, 5), PredictionFolder.random(1));
        requireTrue(ModelSource.of("separate", separate), SCALAR);
        RuntimeOptions auto = new RuntimeOptions(CacheType.AUTO, "auto", Precision.FAST, 0);
        requireTrue(ModelSource.of("separate", separate), auto);
    }

    /** Only the maps are new. */
    @Test
    void aViewOfTheBaseTakesNoWeightsOfItsOwn(@TempDir Path folder) throws IOException {
        new PredictionFolder(folder).shared("llama-gqa-f32", List.of(0), List.of(0, 0), PredictionFolder.IDENTITY);
        long maps = 2L * 2 * (32 * 32 + 32) * Float.BYTES;
        assertThat(estimate(ModelSource.of("kvp", folder), SCALAR).weightBytes())
                .isEqualTo(estimate(checkpoint("llama-gqa-f32"), SCALAR).weightBytes() + maps);
    }

    @ParameterizedTest
    @EnumSource(Weights.class)
    void knowsWhatEncodingsHold(Weights encoding) {
        for (String name : List.of(
                "llama-head-dim",
                "qwen3-moe-plain",
                "jamba-f32",
                "deepseek-v3-f32",
                "gpt-oss-mxfp4",
                "llama-odd-f32")) {
            if (Conformance.names().contains(name)) {
                requireTrue(checkpoint(name), SCALAR.withWeights(encoding));
            }
        }
        requireTrue(own("demo/model"), SCALAR.withWeights(encoding));
        requireTrue(own("family/hybrid"), SCALAR.withWeights(encoding));
        requireTrue(own("family/moe"), SCALAR.withWeights(encoding));
        requireTrue(own("family/nested"), SCALAR.withWeights(encoding));
    }

    @ParameterizedTest
    @EnumSource(CheckpointLayout.class)
    void knowsWhatQuantizedCheckpointsHold(CheckpointLayout layout, @TempDir Path folder) throws IOException {
        Path demo = Path.of(own("demo/model").location());
        Path quantized = new QuantizedExport(demo, layout).writeQuantized(folder.resolve("quantized"));
        requireTrue(ModelSource.of("quantized", quantized), SCALAR);
    }

    @Test
    void knowsWhatGgufFilesHold(@TempDir Path folder) {
        for (Optional<GgmlType> type : List.of(Optional.<GgmlType>empty(), Optional.of(GgmlType.Q8_0))) {
            Path file = folder.resolve("model-" + type.map(Enum::name).orElse("plain") + ".gguf");
            GgufExport.of(Path.of(own("demo/model").location()), type.orElse(null))
                    .write(file);
            requireTrue(ModelSource.of("gguf", file), SCALAR);
        }
    }

    @Test
    void knowsWhatDraftsAndAdaptersAdd() {
        for (DraftNetwork draft : List.of(new DraftNetwork.Model(own("demo/model")), new DraftNetwork.Slice(0.5))) {
            RuntimeOptions options = SCALAR.withDraft(draft).withAdapters(new AdapterLimits(4, 32, 1 << 20));
            RuntimeEstimate estimate = estimate(own("demo/model"), options);
            try (SequenceRuntime runtime = provider.open(own("demo/model"), CPU, options, LoadProgress.SILENT)) {
                requireSame(estimate, runtime);
            }
        }
    }

    @Test
    void countsWhatAnotherModelHoldsAlreadyOnce() {
        ModelSource demo = own("demo/model");
        try (SequenceRuntime first = provider.open(demo, CPU, SCALAR, LoadProgress.SILENT)) {
            assertThat(first.residentBytes()).isPositive();
            assertThat(estimate(demo, SCALAR).weightBytes()).isZero();
            assertThat(estimate(demo, SCALAR.withWeights(Weights.Q8_0)).weightBytes())
                    .isPositive();
        }
        assertThat(estimate(demo, SCALAR).weightBytes()).isPositive();
    }

    /** Pages of the process, the heap's growth apart: all weights are in them, and no more than they and all work space and caches take. */
    @Test
    void isWhatTheProcessGrowsBy() throws IOException, InterruptedException {
        ProcessGrowth growth = ProcessGrowth.measure();
        assertThat((double) growth.grown()).isGreaterThan(0.95 * growth.weights());
        assertThat((double) growth.grown()).isLessThan(1.05 * growth.all() + (32 << 20));
    }
}
