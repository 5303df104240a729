package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.DeviceSpec;
import java.util.Map;

/** What ONNX Runtime's rewriting of graphs leaves out. */
public final class GraphRewriting {

    /**
     * On CPUs the kernel of LayerNormalization takes mean and variance element by element, each with a division that waits for the one before:
     * 18 % of an encoder of 384 wide rows. What is left without it, a mean, a difference and SimplifiedLayerNormalization, are loops over vectors.
     */
    private static final String LEFT_OUT_ON_CPU = "LayerNormFusionL1;LayerNormFusionL2";

    private GraphRewriting() {}

    /** Entries of a session's configuration, as {@code onnxruntime_session_options_config_keys.h} names them. */
    public static Map<String, String> configuration(DeviceSpec.Kind device) {
        return switch (device) {
            case CPU -> Map.of("optimization.disable_specified_optimizers", LEFT_OUT_ON_CPU);
            case CUDA -> Map.of();
        };
    }
}
