package dev.foretoken.bench.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about how its prompt comes into the caches. What is null is not sent.
 *
 * @param mode exact, predicted or auto
 * @param repairBy slack, never or a number of tokens
 */
public record PrefillAsk(
        @Nullable String mode,
        @Nullable String repairBy,
        @Nullable Integer ttftObjectiveMs) {

    /** Says nothing: the server's defaults. */
    public static final PrefillAsk SILENT = new PrefillAsk(null, null, null);

    public PrefillAsk {
        if (mode != null && !mode.matches("exact|predicted|auto")) {
            throw new IllegalArgumentException("--prefill-mode " + mode + "; expected exact, predicted or auto");
        }
        if (repairBy != null && !repairBy.matches("slack|never|[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(
                    "--repair-by " + repairBy + "; expected slack, never or a number of tokens of at least 1");
        }
    }

    public PrefillAsk withMode(String value) {
        return new PrefillAsk(value, repairBy, ttftObjectiveMs);
    }

    /** Adds the fields to a request. */
    public void addTo(ObjectNode body) {
        if (mode != null) {
            body.put("prefill_mode", mode);
        }
        if (repairBy != null && Character.isDigit(repairBy.charAt(0))) {
            body.put("repair_by", Integer.parseInt(repairBy));
        } else if (repairBy != null) {
            body.put("repair_by", repairBy);
        }
        if (ttftObjectiveMs != null) {
            body.put("ttft_objective_ms", ttftObjectiveMs);
        }
    }
}
