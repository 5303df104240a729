package dev.foretoken.gateway.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object. Every method names the field and what was found when the type is wrong; JSON null counts as not sent.
 */
public final class JsonFields {

    private final ObjectNode object;
    private final String path;

    /** @param path prefix of field names in messages, such as {@code messages[0].}; empty for the body itself */
    public JsonFields(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /** The object itself. */
    public ObjectNode node() {
        return object;
    }

    /** The value, or null when it was not sent. */
    public @Nullable JsonNode get(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    public boolean has(String name) {
        return get(name) != null;
    }

    public Set<String> names() {
        return Set.copyOf(StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
                .toList());
    }

    public String requiredString(String name) {
        return string(name).orElseThrow(() -> invalid(name, "is missing, a string is needed"));
    }

    public Optional<String> string(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string", value);
        }
        return Optional.of(value.textValue());
    }

    public boolean bool(String name, boolean fallback) {
        JsonNode value = get(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false", value);
        }
        return value.booleanValue();
    }

    /** A whole number that fits 64 bits; null when it was not sent. */
    public @Nullable Long integer(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            throw wrong(name, "an integer", value);
        }
        if (!value.canConvertToLong()) {
            throw invalid(name, "must be an integer of at most 64 bits");
        }
        return value.longValue();
    }

    /** A finite number; null when it was not sent. */
    public @Nullable Double number(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrong(name, "a number", value);
        }
        double number = value.doubleValue();
        if (!Double.isFinite(number)) {
            throw invalid(name, "must be a finite number");
        }
        return number;
    }

    public Optional<JsonFields> object(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof ObjectNode fields)) {
            throw wrong(name, "an object", value);
        }
        return Optional.of(new JsonFields(fields, path + name + "."));
    }

    /** The objects of an array; empty when it was not sent. */
    public List<JsonFields> objects(String name) {
        List<JsonFields> out = new ArrayList<>();
        for (JsonNode element : array(name)) {
            String place = name + "[" + out.size() + "]";
            if (!(element instanceof ObjectNode fields)) {
                throw wrong(place, "an object", element);
            }
            out.add(new JsonFields(fields, path + place + "."));
        }
        return out;
    }

    /** A string, or an array of strings. */
    public List<String> strings(String name) {
        JsonNode value = get(name);
        if (value != null && value.isTextual()) {
            return List.of(value.textValue());
        }
        List<String> out = new ArrayList<>();
        for (JsonNode element : array(name)) {
            if (!element.isTextual()) {
                throw wrong(name + "[" + out.size() + "]", "a string", element);
            }
            out.add(element.textValue());
        }
        return out;
    }

    /** An array of 32-bit integers; empty when it was not sent. */
    public int[] ints(String name) {
        ArrayNode array = array(name);
        return ints(name, array);
    }

    /** The same of an array that was taken out of field {@code name}. */
    public int[] ints(String name, ArrayNode array) {
        int[] out = new int[array.size()];
        for (int i = 0; i < out.length; i++) {
            JsonNode element = array.get(i);
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                throw wrong(name + "[" + i + "]", "an integer of 32 bits", element);
            }
            out[i] = element.intValue();
        }
        return out;
    }

    private ArrayNode array(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return object.arrayNode();
        }
        if (!(value instanceof ArrayNode array)) {
            throw wrong(name, "an array", value);
        }
        return array;
    }

    public ForetokenException wrong(String name, String expected, JsonNode found) {
        return invalid(name, "must be " + expected + ", found " + kind(found));
    }

    public ForetokenException invalid(String name, String problem) {
        return ForetokenException.invalid(path + name, path + name + " " + problem);
    }

    /** What a value is, in words. Shows numbers and truth values, never text, which may be long or private. */
    public static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> "the number " + value.asText();
            case BOOLEAN -> "the truth value " + value.asText();
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case NULL -> "null";
            case MISSING, BINARY, POJO -> "nothing";
        };
    }
}
