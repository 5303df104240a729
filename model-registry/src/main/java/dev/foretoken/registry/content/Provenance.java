package dev.foretoken.registry.content;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a variant came to be.
 *
 * @param source where the bytes came from, such as {@code hf://ORG/NAME@rev} or {@code toy@3/base}; never with credentials
 * @param tool name and version of what made it
 * @param method such as {@code import} or {@code gptq}
 * @param parameters of the method
 * @param calibration digest of the calibration text; null when none was used
 */
public record Provenance(
        String source,
        String tool,
        String method,
        Map<String, String> parameters,
        @Nullable Digest calibration,
        Instant created) {

    private static final int MAX_TEXT = 4096;

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for texts over the limits */
    public Provenance {
        Annotations.text("the source", source, MAX_TEXT);
        Annotations.text("the tool", tool, MAX_TEXT);
        Annotations.text("the method", method, MAX_TEXT);
        parameters = Annotations.checked(parameters);
    }
}
