package dev.foretoken.app.engine;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.gateway.model.PrefillChoice;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a variant says of how it is loaded: it was measured so, and is served so, whatever the command line says. How its prompts come into the
 * caches is the exception, which does not change what is loaded: requests and whoever serves it may say otherwise.
 */
public final class VariantSettings {

    private static final String PREFILL_MODE = "prefill_mode";

    private VariantSettings() {}

    /**
     * How prompts come into the caches where neither requests nor the command line say it.
     *
     * @throws ForetokenException CONFIG_INVALID for a mode that this program does not know
     */
    public static PrefillChoice prefill(Map<String, String> settings) {
        String mode = settings.get(PREFILL_MODE);
        return mode == null
                ? PrefillChoice.NONE
                : new PrefillChoice(
                        PrefillChoice.mode(mode)
                                .orElseThrow(() -> new ForetokenException(
                                        ErrorCode.CONFIG_INVALID,
                                        "the variant has the setting prefill_mode=" + mode + ", must be "
                                                + PrefillChoice.MODES)),
                        null,
                        null);
    }

    /** @throws ForetokenException CONFIG_INVALID for a setting that this program does not know */
    public static RuntimeOptions apply(Map<String, String> settings, RuntimeOptions options) {
        RuntimeOptions applied = options;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            applied = switch (setting.getKey()) {
                case "weights" -> applied.withWeights(constant(Weights.values(), setting));
                case PREFILL_MODE -> {
                    prefill(settings);
                    yield applied;
                }
                case "kv_cache_dtype" -> applied.withCacheType(constant(CacheType.values(), setting));
                default ->
                    throw new ForetokenException(
                            ErrorCode.CONFIG_INVALID,
                            "the variant has the setting %s=%s, which is unknown; settings are weights, kv_cache_dtype and prefill_mode"
                                    .formatted(setting.getKey(), setting.getValue()));
            };
        }
        return applied;
    }

    private static <T> T constant(T[] constants, Map.Entry<String, String> setting) {
        return Stream.of(constants)
                .filter(constant -> constant.toString().equalsIgnoreCase(setting.getValue()))
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "the variant has the setting %s=%s, must be one of %s"
                                .formatted(
                                        setting.getKey(),
                                        setting.getValue(),
                                        String.join(
                                                ", ",
                                                Stream.of(constants)
                                                        .map(Object::toString)
                                                        .toList()))));
    }
}
