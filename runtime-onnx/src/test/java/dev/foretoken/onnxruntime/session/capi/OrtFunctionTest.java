package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Places in the table are numbers, and a wrong one calls another function: they are compared with the maker's own table. The tests of sessions
 * call all but those of CUDA, which say here, in a build without it, who they are.
 */
class OrtFunctionTest {

    private static final Map<OrtFunction, String> NAMED_SHORTER = Map.of(
            OrtFunction.CREATE_TENSOR, "CreateTensorAsOrtValue",
            OrtFunction.CREATE_TENSOR_WITH_DATA, "CreateTensorWithDataAsOrtValue",
            OrtFunction.APPEND_EXECUTION_PROVIDER_CUDA, "SessionOptionsAppendExecutionProvider_CUDA_V2");

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    private OrtApi load() {
        return OrtLibrary.load(reason -> {
                    throw new AssertionError(environment + ": " + reason);
                })
                .orElseThrow();
    }

    @Test
    void namesEachPlaceOnceInTheOrderOfTheTable() {
        int[] places =
                Arrays.stream(OrtFunction.values()).mapToInt(OrtFunction::place).toArray();
        assertThat(places).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void hasEachFunctionWhereTheMakerPutItWithItsParameters() throws IOException {
        MakersTable table = MakersTable.read().orElse(null);
        assumeTrue(table != null, "This build's archive has no library with names: that of the CPU build has one");
        for (OrtFunction function : OrtFunction.values()) {
            MakersTable.Function made = table.at(function.place());
            assertThat(made.name().replace("_", ""))
                    .isEqualToIgnoringCase(NAMED_SHORTER
                            .getOrDefault(function, function.name())
                            .replace("_", ""));
            assertThat(made.parameters())
                    .as(made.name())
                    .isEqualTo(function.signature().substring(2));
        }
    }

    @Test
    void reachesTheFunctionsOfCudaInABuildWithoutIt() {
        OrtApi api = load();
        try (Arena arena = Arena.ofConfined();
                OrtRuntime runtime = new OrtRuntime(api);
                OrtObject options =
                        api.object(OrtFunction.CREATE_SESSION_OPTIONS, OrtFunction.RELEASE_SESSION_OPTIONS)) {
            assumeFalse(
                    runtime.providers().contains("CUDAExecutionProvider"),
                    "This build has CUDA: its own test calls these functions");
            assertThat(runtime.providers()).containsExactly("CPUExecutionProvider");
            long out = arena.allocate(ValueLayout.JAVA_LONG).address();
            String refused = "CUDA execution provider is not enabled in this build.";
            assertThat(text(api, OrtFunction.CREATE_CUDA_PROVIDER_OPTIONS, out)).isEqualTo(refused);
            assertThat(text(api, OrtFunction.UPDATE_CUDA_PROVIDER_OPTIONS, out, out, out, 0))
                    .isEqualTo(refused);
            assertThat(text(api, OrtFunction.APPEND_EXECUTION_PROVIDER_CUDA, options.address(), out))
                    .contains("AppendExecutionProvider_Cuda");
            api.call(OrtFunction.RELEASE_CUDA_PROVIDER_OPTIONS, 0);
        }
    }

    private static String text(OrtApi api, OrtFunction function, long... arguments) {
        return api.taken(api.call(function, arguments)).text();
    }

    @Test
    void describesMemoryOfAGpuThatIsNotThere() {
        OrtApi api = load();
        try (OrtObject info = CudaMemory.info(api, 3)) {
            assertThat(info.address()).isNotZero();
        }
        assertThat(api.held()).isZero();
    }
}
