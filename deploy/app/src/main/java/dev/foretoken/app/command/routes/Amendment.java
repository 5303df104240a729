package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.routing.decision.RouteDecision;
import java.util.Arrays;

/**
 * A line of a recording that says what became of a decision which stands above: the chosen engine did not take the request after all.
 *
 * @param reason name of an {@link ErrorCode}
 */
record Amendment(String id, String reason) {

    private static final String AMENDS = "amends";

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put(AMENDS, id)
                .put("outcome", "refused")
                .put("reason", reason);
    }

    /** Whether a line is one; else it is a decision. */
    static boolean isOne(JsonNode line) {
        return line.has(AMENDS);
    }

    /** @throws IllegalArgumentException that says what is wrong with the line */
    static Amendment read(JsonNode line) {
        String reason = line.path("reason").asText();
        if (!line.path(AMENDS).isTextual()
                || Arrays.stream(ErrorCode.values())
                        .noneMatch(code -> code.name().equals(reason))) {
            throw new IllegalArgumentException(
                    "amends must be the id of a decision and reason one of those that are known");
        }
        return new Amendment(line.path(AMENDS).asText(), reason);
    }

    RouteDecision applied(RouteDecision decision) {
        return decision.refused(ErrorCode.valueOf(reason));
    }
}
