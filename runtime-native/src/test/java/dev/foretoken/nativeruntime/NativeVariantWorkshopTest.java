package dev.foretoken.nativeruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class NativeVariantWorkshopTest {

    private static final BuildWatch SILENT = new BuildWatch() {
        @Override
        public void progress(String stage, long done, long total) {}

        @Override
        public void log(String line) {}

        @Override
        public boolean cancelled() {
            return false;
        }
    };

    /** Answers with what it was given. */
    private record Echo(boolean needsCalibration) implements VariantBuilder {
        @Override
        public BuildMethod method() {
            List<BuildParameter> parameters = List.of(
                    BuildParameter.choice("bits", "bits of a weight", "4", "4", "8"),
                    BuildParameter.free("share", "of all heads", "0.5"));
            return new BuildMethod("echo", "repeats what it was given", parameters, needsCalibration);
        }

        @Override
        public BuildResult build(BuildJob job) {
            return new BuildResult(
                    BuildResult.Output.SETTINGS,
                    Map.of(),
                    Map.of(
                            "hidden", job.plan().hiddenSize(),
                            "bits", job.parameters().number("bits", 2, 8),
                            "share", job.parameters().real("share", 0, 1)));
        }
    }

    private static BuildOrder order(String method, Map<String, String> parameters, List<int[]> calibration) {
        ModelSource base = new ModelSource("base", URI.create("random:tiny"), "");
        return new BuildOrder(base, method, parameters, calibration, Path.of("out"), Path.of("scratch"), 1);
    }

    private static BuildResult build(boolean calibrated, BuildOrder order) {
        return new NativeVariantWorkshop(List.of(new Echo(calibrated))).build(order, SILENT);
    }

    private static String refusal(boolean calibrated, BuildOrder order) {
        ForetokenException refused = assertThrows(ForetokenException.class, () -> build(calibrated, order));
        assertEquals(ErrorCode.CONFIG_INVALID, refused.code());
        return String.valueOf(refused.getMessage());
    }

    @Test
    void theServiceIsFoundAndItsMethodsHaveDifferentNames() {
        VariantWorkshop found =
                ServiceLoader.load(VariantWorkshop.class).findFirst().orElseThrow();
        assertInstanceOf(NativeVariantWorkshop.class, found);
        List<String> names = found.methods().stream().map(BuildMethod::name).toList();
        assertEquals(names.size(), new HashSet<>(names).size());
        names.forEach(name -> assertTrue(name.matches("[a-z0-9][a-z0-9-]*"), name));
    }

    @Test
    void aBuilderGetsTheOpenedBaseAndEveryParameter() {
        Map<String, Object> facts =
                build(false, order("echo", Map.of("bits", "8"), List.of())).facts();
        assertEquals(8, facts.get("bits"));
        assertEquals(0.5, facts.get("share"));
        assertTrue((int) facts.get("hidden") > 0);
    }

    @Test
    void anUnknownMethodIsAnsweredWithTheKnownOnes() {
        assertTrue(refusal(false, order("gzip", Map.of(), List.of())).contains("there are echo"));
    }

    @Test
    void unknownParametersAndValuesOutsideTheChoicesAreRefused() {
        assertTrue(
                refusal(false, order("echo", Map.of("group", "1"), List.of())).contains("it has bits, share"));
        assertTrue(refusal(false, order("echo", Map.of("bits", "3"), List.of())).contains("must be 4, 8"));
        assertTrue(
                refusal(false, order("echo", Map.of("share", "2"), List.of())).contains("share=2"));
        assertTrue(refusal(false, order("echo", Map.of("share", "much"), List.of()))
                .contains("share=much"));
    }

    @Test
    void missingCalibrationAndForeignTokensAreRefused() {
        assertTrue(refusal(true, order("echo", Map.of(), List.of())).contains("calibration"));
        assertTrue(refusal(true, order("echo", Map.of(), List.of(new int[] {0, 1 << 30})))
                .contains("calibration token"));
    }
}
