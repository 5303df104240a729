package dev.foretoken.gateway.routing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.Standing;
import dev.foretoken.routing.policy.WhyNot;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads what {@link RouteJson} writes, from files that anybody may have written. */
public final class RouteJsonReader {

    private static final int MOST_CANDIDATES = 1 << 16;

    private RouteJsonReader() {}

    /** @throws IllegalArgumentException that says which field is missing or wrong */
    public static RouteDecision decision(JsonNode json) {
        List<RouteDecision.Candidate> candidates = new ArrayList<>();
        JsonNode array = require(json, "candidates", json.path("candidates").isArray(), "an array");
        if (array.size() > MOST_CANDIDATES) {
            throw new IllegalArgumentException(
                    "candidates are " + array.size() + ", must be at most " + MOST_CANDIDATES);
        }
        array.forEach(candidate -> candidates.add(candidate(candidate)));
        int chosen = (int) whole(json, "chosen", -1, candidates.size() - 1);
        return new RouteDecision(
                text(json, "id"),
                instant(json),
                text(json, "model"),
                text(json, "tenant"),
                json.has("cause") ? named(RouteDecision.Cause.class, json, "cause") : RouteDecision.Cause.REQUEST,
                text(json, "policy"),
                draw(json),
                (int) whole(json, "prompt_tokens", 0, Integer.MAX_VALUE),
                chosen,
                candidates,
                json.has("reason") ? Optional.of(named(ErrorCode.class, json, "reason")) : Optional.empty());
    }

    private static RouteDecision.Candidate candidate(JsonNode json) {
        return new RouteDecision.Candidate(
                text(json, "endpoint"),
                features(json.path("features")),
                json.has("score") ? number(json, "score", Double.NEGATIVE_INFINITY) : Double.NaN,
                json.has("why_not") ? Optional.of(named(WhyNot.class, json, "why_not")) : Optional.empty());
    }

    private static CandidateFeatures features(JsonNode json) {
        return new CandidateFeatures(
                named(Standing.class, json, "standing"),
                require(json, "fresh", json.path("fresh").isBoolean(), "true or false")
                        .booleanValue(),
                (int) whole(json, "sequences", 0, Integer.MAX_VALUE),
                (int) whole(json, "in_flight", 0, Integer.MAX_VALUE),
                whole(json, "queued_tokens", 0, Long.MAX_VALUE),
                whole(json, "sent_tokens", 0, Long.MAX_VALUE),
                number(json, "ahead_nanos", 0),
                (int) whole(json, "cached_tokens", 0, Integer.MAX_VALUE),
                number(json, "cache_usage", 0),
                json.has("cost") ? cost(json.path("cost")) : PrefillCost.NONE,
                whole(json, "last_turn", 0, Long.MAX_VALUE),
                number(json, "slowness", 0));
    }

    private static PrefillCost cost(JsonNode json) {
        return new PrefillCost(
                number(json, "nanos_per_token", 0),
                number(json, "nanos_per_pair", 0),
                number(json, "nanos_per_step", 0),
                (int) whole(json, "tokens_per_step", 1, Integer.MAX_VALUE));
    }

    private static String text(JsonNode json, String field) {
        return require(json, field, json.path(field).isTextual(), "a string").textValue();
    }

    private static Instant instant(JsonNode json) {
        try {
            return Instant.parse(text(json, "at"));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("at must be a time such as 2026-01-31T12:00:00Z", e);
        }
    }

    private static long draw(JsonNode json) {
        String hex = text(json, "draw");
        if (!hex.matches("[0-9a-f]{16}")) {
            throw new IllegalArgumentException("draw must be 16 hexadecimal digits");
        }
        return HexFormat.fromHexDigitsToLong(hex);
    }

    private static long whole(JsonNode json, String field, long least, long most) {
        JsonNode value = json.path(field);
        boolean fits = value.isIntegralNumber() && value.canConvertToLong();
        return require(
                        json,
                        field,
                        fits && value.longValue() >= least && value.longValue() <= most,
                        "a whole number from " + least + " to " + most)
                .longValue();
    }

    private static double number(JsonNode json, String field, double least) {
        JsonNode value = json.path(field);
        boolean fits = value.isNumber() && Double.isFinite(value.doubleValue()) && value.doubleValue() >= least;
        return require(json, field, fits, "a finite number, at least " + least).doubleValue();
    }

    private static <E extends Enum<E>> E named(Class<E> type, JsonNode json, String field) {
        String name = text(json, field).toUpperCase(Locale.ROOT);
        for (E value : type.getEnumConstants()) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw new IllegalArgumentException(field + " is not one of those that are known");
    }

    private static JsonNode require(JsonNode json, String field, boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(field + " must be " + what);
        }
        return json.path(field);
    }
}
