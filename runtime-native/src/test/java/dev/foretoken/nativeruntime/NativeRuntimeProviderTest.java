package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeRuntimeProviderTest {

    private static final DeviceSpec CPU = DeviceSpec.cpu(1);
    private static final RuntimeOptions SCALAR = new RuntimeOptions(CacheType.AUTO, "scalar", Precision.FAST, 0);

    private final RuntimeProvider provider = new NativeRuntimeProvider();

    private static ModelSource source(String location) {
        return new ModelSource("m", URI.create(location), "");
    }

    private static ModelSource conformance(String name) {
        return ModelSource.of(name, Conformance.root().resolve(name));
    }

    private SequenceRuntime open(ModelSource source, RuntimeOptions options) {
        return (SequenceRuntime) provider.open(source, CPU, options, LoadProgress.SILENT);
    }

    @Test
    void opensADraftModelWithTheSameTokensBesideTheModel() {
        RuntimeOptions options = SCALAR.withDraft(new DraftNetwork.Model(source("random:tiny")));
        try (SequenceRuntime runtime = open(source("random:tiny"), options)) {
            assertThat(runtime.shape().parts())
                    .extracting(PartShape::role)
                    .containsExactly(PartShape.Role.BASE, PartShape.Role.DRAFT);
        }
        try (SequenceRuntime runtime = open(source("random:tiny"), SCALAR.withDraft(new DraftNetwork.Slice(0.5)))) {
            assertThat(runtime.shape().parts()).hasSize(2);
        }
    }

    @Test
    void refusesADraftModelThatNamesTokensOtherwise(@TempDir Path directory) throws IOException {
        RuntimeOptions larger = SCALAR.withDraft(new DraftNetwork.Model(source("random:llama-1.1b")));
        requireRefused(
                source("random:tiny"),
                larger,
                ErrorCode.CONFIG_INVALID,
                "The draft model of m has a vocabulary of 32000 tokens, the model has 256");
        for (String vocabulary : List.of("{\"a\": 0, \"b\": 1}", "[[\"a\", -1], [\"b\", -2]]")) {
            copy(conformance("llama-tied"), directory, "{\"model\": {\"vocab\": %s}}".formatted(vocabulary));
            ModelSource model = ModelSource.of("m", directory);
            open(model, SCALAR.withDraft(new DraftNetwork.Model(model))).close();
            Path other = Files.createDirectories(directory.resolve("other"));
            copy(model, other, "{\"model\": {\"vocab\": {\"b\": 0, \"a\": 1}}}");
            requireRefused(
                    model,
                    SCALAR.withDraft(new DraftNetwork.Model(ModelSource.of("d", other))),
                    ErrorCode.CONFIG_INVALID,
                    "token ids stand for other text");
        }
    }

    private static void copy(ModelSource model, Path target, String tokenizer) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(model.location()))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.writeString(target.resolve("tokenizer.json"), tokenizer);
    }

    private void requireRefused(ModelSource source, RuntimeOptions options, ErrorCode code, String message) {
        assertThatThrownBy(() -> open(source, options))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void isFoundByServiceLoader() {
        assertThat(ServiceLoader.load(RuntimeProvider.class).stream().map(ServiceLoader.Provider::type))
                .containsExactly(NativeRuntimeProvider.class);
        assertThat(provider.name()).isEqualTo("native");
    }

    @Test
    void describesAModelWithTwoKindsOfCache() {
        try (SequenceRuntime runtime = open(conformance("qwen2-window-layers"), SCALAR)) {
            assertThat(runtime.shape().vocabularySize()).isEqualTo(128);
            assertThat(runtime.shape().contextTokens()).isEqualTo(512);
            assertThat(runtime.shape().base().caches().kinds())
                    .containsExactly(
                            new CacheKind.PagedKv(2, 2 * 2 * 12 * 4, 2 * 2 * 16 * 4),
                            new CacheKind.WindowedKv(2, 2 * 2 * 12 * 4, 2 * 2 * 16 * 4, 32));
            assertThat(runtime.capabilities().stepsInFlight()).isEqualTo(1);
            assertThat(runtime.residentBytes()).isPositive();
        }
    }

    @Test
    void saysUpToWhichLengthRotationIsTheSameForAll() {
        try (SequenceRuntime fixed = open(conformance("llama-rope-yarn"), SCALAR);
                SequenceRuntime dynamic = open(conformance("llama-rope-dynamic"), SCALAR)) {
            assertThat(fixed.shape().lengthInvariantTokens())
                    .isEqualTo(fixed.shape().contextTokens());
            assertThat(dynamic.shape().contextTokens()).isEqualTo(256);
            assertThat(dynamic.shape().lengthInvariantTokens()).isEqualTo(64);
        }
    }

    @Test
    void limitsTheContext() {
        RuntimeOptions shorter = new RuntimeOptions(CacheType.F32, "scalar", Precision.EXACT, 100);
        RuntimeOptions longer = new RuntimeOptions(CacheType.F32, "scalar", Precision.EXACT, 100_000);
        try (SequenceRuntime a = open(source("random:tiny"), shorter);
                SequenceRuntime b = open(source("random:tiny"), longer)) {
            assertThat(a.shape().contextTokens()).isEqualTo(100);
            assertThat(b.shape().contextTokens()).isEqualTo(512);
        }
    }

    @Test
    void givesANumericsIdPerWeightsKernelsAndCache() {
        List<String> ids = List.of(
                id(source("random:tiny"), SCALAR),
                id(conformance("llama-tied"), SCALAR),
                id(conformance("llama-tied"), SCALAR.withWeights(Weights.Q8_0)),
                id(conformance("llama-tied"), SCALAR.withWeights(Weights.Q4_0)),
                id(conformance("llama-tied"), new RuntimeOptions(CacheType.F16, "scalar", Precision.FAST, 0)),
                id(new ModelSource("m", conformance("llama-tied").location(), "sha256:1"), SCALAR),
                id(new ModelSource("m", conformance("llama-tied").location(), "sha256:2"), SCALAR),
                id(conformance("llama-tied"), new RuntimeOptions(CacheType.INT8, "scalar", Precision.FAST, 0)));
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(id(conformance("llama-tied"), SCALAR)).isEqualTo(ids.get(1));
        assertThat(id(new ModelSource("x", conformance("llama-text").location(), "sha256:1"), SCALAR))
                .as("a digest stands for the weights")
                .isEqualTo(ids.get(5));
    }

    private String id(ModelSource source, RuntimeOptions options) {
        try (SequenceRuntime runtime = open(source, options)) {
            return runtime.shape().numericsId();
        }
    }

    @Test
    void refusesWhatIsNotThere(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("model.bin"));
        Path empty = Files.createFile(directory.resolve("model.gguf"));
        requireRefused(
                source("random:gpt-9"),
                SCALAR,
                ErrorCode.MODEL_UNSUPPORTED,
                "llama-1.1b, llama-160m, llama-68m, mamba-370m, mamba2-370m, qwen2.5-0.5b, small-moe, tiny");
        requireRefused(source("s3:bucket"), SCALAR, ErrorCode.MODEL_UNSUPPORTED, "at a s3: location");
        requireRefused(
                ModelSource.of("m", file), SCALAR, ErrorCode.MODEL_UNSUPPORTED, "model.bin is a file of another");
        requireRefused(ModelSource.of("m", empty), SCALAR, ErrorCode.MODEL_FILE_CORRUPT, "model.gguf is damaged");
        requireRefused(
                ModelSource.of("m", directory.resolve("gone")), SCALAR, ErrorCode.MODEL_UNSUPPORTED, "is not there");
        requireRefused(ModelSource.of("m", directory), SCALAR, ErrorCode.MODEL_FILE_CORRUPT, "no readable config.json");
    }

    @Test
    void refusesKernelsItDoesNotKnow() {
        for (String name : List.of("cuda", "native-sse", "")) {
            RuntimeOptions options = new RuntimeOptions(CacheType.AUTO, name, Precision.FAST, 0);
            requireRefused(source("random:tiny"), options, ErrorCode.CONFIG_INVALID, "must be one of auto, ");
        }
    }

    @Test
    void saysWhetherAModelCanBeOpened(@TempDir Path directory) {
        assertThat(provider.probe(conformance("llama-tied"), CPU)).isInstanceOf(Availability.Present.class);
        assertThat(provider.probe(ModelSource.of("m", directory), CPU))
                .isInstanceOfSatisfying(
                        Availability.Missing.class,
                        missing -> assertThat(missing.reason()).contains("config.json"));
        DeviceSpec gpu = new DeviceSpec(DeviceSpec.Kind.CUDA, 0, 0, CpuList.ANY);
        assertThat(provider.probe(conformance("llama-tied"), gpu)).isInstanceOf(Availability.Missing.class);
        assertThatThrownBy(() -> provider.open(conformance("llama-tied"), gpu, SCALAR, LoadProgress.SILENT))
                .hasMessageContaining("computes on CPU");
    }
}
