package dev.foretoken.registry.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The fields of one JSON object, each of which must have its type; what was asked for is remembered, so that {@link #requireNoOthers} finds
 * what nobody knows. Every failure is MODEL_FILE_CORRUPT with a sentence. For one thread.
 */
final class StrictFields {

    private final String where;
    private final ObjectNode object;
    private final Set<String> known = new HashSet<>();

    StrictFields(String where, ObjectNode object) {
        this.where = where;
        this.object = object;
    }

    String where() {
        return where;
    }

    String text(String key) {
        return optionalText(key).orElseThrow(() -> wrong(key, "is missing"));
    }

    Optional<String> optionalText(String key) {
        return get(key).map(value -> textual(key, value));
    }

    /** Refuses any other text. */
    void requireText(String key, String expected) {
        String found = text(key);
        if (!found.equals(expected)) {
            throw wrong(key, "is " + Quoted.of(found) + ", expected " + expected);
        }
    }

    /** A whole number of 64 bits. */
    long whole(String key) {
        JsonNode value = get(key).orElseThrow(() -> wrong(key, "is missing"));
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(key, "must be a whole number of 64 bits");
        }
        return value.longValue();
    }

    void requireVersion(String key, int expected) {
        long found = whole(key);
        if (found != expected) {
            throw wrong(key, "is " + found + ", this version of Foretoken reads " + expected);
        }
    }

    Digest digest(String key) {
        return Digest.parse(text(key));
    }

    Optional<Digest> optionalDigest(String key) {
        return optionalText(key).map(Digest::parse);
    }

    Instant instant(String key) {
        String text = text(key);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw wrong(key, "is " + Quoted.of(text) + ", must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    /** Text to text; empty when absent. */
    Map<String, String> texts(String key) {
        Map<String, String> out = new TreeMap<>();
        Optional<StrictFields> fields = optionalObject(key);
        fields.ifPresent(inner ->
                inner.object.properties().forEach(e -> out.put(e.getKey(), inner.textual(e.getKey(), e.getValue()))));
        return out;
    }

    StrictFields object(String key) {
        return optionalObject(key).orElseThrow(() -> wrong(key, "is missing"));
    }

    Optional<StrictFields> optionalObject(String key) {
        return get(key).map(value -> new StrictFields(where + ", " + key + ":", objectNode(key, value)));
    }

    /** The objects of a required array of at most {@code most} elements. */
    List<StrictFields> objects(String key, int most) {
        JsonNode value = get(key).orElseThrow(() -> wrong(key, "is missing"));
        if (!(value instanceof ArrayNode array)) {
            throw wrong(key, "must be an array");
        }
        if (array.size() > most) {
            throw wrong(key, "has " + array.size() + " elements, at most " + most + " are allowed");
        }
        List<StrictFields> out = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            String place = key + "[" + out.size() + "]";
            out.add(new StrictFields(where + ", " + place + ":", objectNode(place, element)));
        }
        return out;
    }

    void requireNoOthers() {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw StrictJson.corrupt(where, "has a field " + Quoted.of(name) + " that this version does not know");
            }
        });
    }

    private Optional<JsonNode> get(String key) {
        known.add(key);
        return Optional.ofNullable(object.get(key));
    }

    private String textual(String key, JsonNode value) {
        if (!value.isTextual()) {
            throw wrong(key, "must be text");
        }
        return value.textValue();
    }

    private ObjectNode objectNode(String key, JsonNode value) {
        if (!(value instanceof ObjectNode node)) {
            throw wrong(key, "must be an object");
        }
        return node;
    }

    ForetokenException wrong(String key, String message) {
        return StrictJson.corrupt(where, Quoted.of(key) + " " + message);
    }
}
