package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.model.PrefillChoice;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code prefill_mode}, {@code repair_by} and {@code ttft_objective_ms}. */
final class PrefillFields {

    private static final String MODE = "prefill_mode";
    private static final String REPAIR = "repair_by";
    private static final String OBJECTIVE = "ttft_objective_ms";

    private PrefillFields() {}

    /** Where the body says nothing, the headers count. */
    static PrefillChoice read(JsonFields body, RequestHeaders headers) {
        return new PrefillChoice(mode(body), repair(body), objective(body)).or(headers.prefill());
    }

    private static @Nullable PrefillMode mode(JsonFields body) {
        String text = body.string(MODE).orElse(null);
        return text == null
                ? null
                : PrefillChoice.mode(text).orElseThrow(() -> body.invalid(MODE, "must be " + PrefillChoice.MODES));
    }

    private static @Nullable Repair repair(JsonFields body) {
        JsonNode value = body.get(REPAIR);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() && !value.isIntegralNumber()) {
            throw body.wrong(REPAIR, PrefillChoice.REPAIRS, value);
        }
        return PrefillChoice.repair(value.asText())
                .orElseThrow(() -> body.invalid(REPAIR, "must be " + PrefillChoice.REPAIRS));
    }

    /** Its range is checked with the answer's plan. */
    private static @Nullable Duration objective(JsonFields body) {
        Long millis = body.integer(OBJECTIVE);
        return millis == null ? null : Duration.ofMillis(millis);
    }
}
