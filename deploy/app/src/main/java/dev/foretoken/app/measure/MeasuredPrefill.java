package dev.foretoken.app.measure;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import java.util.Map;

/** How the prompts of a variant come into the caches while it is measured. */
final class MeasuredPrefill {

    private MeasuredPrefill() {}

    /**
     * As the variant's settings say. Where prompts may be predicted they all are, and never repaired: a gate sees the least that callers get, and
     * the same numbers at any load.
     */
    static PrefillOptions of(Map<String, String> settings) {
        return switch (settings.getOrDefault("prefill_mode", "exact")) {
            case "predicted", "auto" -> new PrefillOptions(PrefillMode.PREDICTED, Repair.NEVER);
            default -> PrefillOptions.EXACT;
        };
    }
}
