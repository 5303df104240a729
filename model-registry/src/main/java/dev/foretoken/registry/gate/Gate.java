package dev.foretoken.registry.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.measure.Measurement;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one model. Immutable.
 *
 * @param limits by what they limit; at least one
 */
public record Gate(Map<GateLimit, Double> limits) {
    private static final String SHAPE = "a gate is an object of numbers such as {\"max-kl\":0.05}";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** @throws ForetokenException INVALID_REQUEST for no limits and for one out of range */
    public Gate {
        if (limits.isEmpty()) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, "a gate needs at least one limit");
        }
        Map<GateLimit, Double> sorted = new EnumMap<>(limits);
        sorted.forEach(GateLimit::require);
        limits = Collections.unmodifiableMap(sorted);
    }

    /** {@code max-kl -> 0.05}, as people write it. */
    public static Gate of(Map<String, Double> limits) {
        Map<GateLimit, Double> parsed = new EnumMap<>(GateLimit.class);
        limits.forEach((name, bound) -> parsed.put(GateLimit.parse(name), bound));
        return parsed.isEmpty() ? new Gate(Map.of()) : new Gate(parsed);
    }

    /** One object: {@code {"max-kl":0.05}}. */
    public static Gate parse(String json) {
        try {
            Map<String, Double> limits = JSON.readValue(json, new TypeReference<Map<String, @Nullable Double>>() {});
            if (!limits.containsValue(null)) {
                return of(limits);
            }
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, SHAPE);
        } catch (JsonProcessingException e) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, SHAPE, e);
        }
    }

    /** By the names that people write. */
    public Map<String, Double> named() {
        Map<String, Double> named = new TreeMap<>();
        limits.forEach((limit, bound) -> named.put(limit.text(), bound));
        return named;
    }

    public String json() {
        try {
            return JSON.writeValueAsString(named());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of numbers could not be written as JSON", e);
        }
    }

    /**
     * Judges a variant.
     *
     * @param measured of the variant; empty when it was not measured, which no gate lets pass
     * @param reference of the version's imported variant; empty when that was not measured
     * @param isReference whether both are the same variant, which keeps every limit on the difference between them
     */
    public GateVerdict judge(Optional<Measurement> measured, Optional<Measurement> reference, boolean isReference) {
        return new GateJudge(limits, reference, isReference).judge(measured);
    }
}
