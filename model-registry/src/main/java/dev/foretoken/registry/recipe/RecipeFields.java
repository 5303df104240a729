package dev.foretoken.registry.recipe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The fields of a JSON object of a file that binds others to a model, a recipe or a prediction, read with types and ranges. What was asked
 * for is remembered, so that {@link #requireNoOthers} finds the misspelled. For one thread.
 */
public final class RecipeFields {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxNumberLength(32)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String where;
    private final JsonNode fields;
    private final Set<String> known = new LinkedHashSet<>();

    /** {@code where}: begins every message. */
    RecipeFields(String where, JsonNode fields) {
        this.where = where;
        this.fields = fields;
    }

    /**
     * The object that a whole file holds.
     *
     * @param name of the file, begins every message
     * @param expected what the file must hold, with the field that every such file has
     * @throws ForetokenException MODEL_FILE_CORRUPT for what is not JSON, or is an object without {@code mark}
     */
    public static RecipeFields parse(String name, byte[] bytes, String mark, String expected) {
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root == null || !root.isObject() || !root.has(mark)) {
                throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "%s is %s".formatted(name, expected));
            }
            return new RecipeFields(name, root);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is not valid JSON", e);
        }
    }

    public boolean has(String key) {
        known.add(key);
        return fields.has(key);
    }

    /** Whether there is an object of that name, where something simpler may stand too. */
    public boolean isObject(String key) {
        return has(key) && fields.get(key).isObject();
    }

    /** Of all fields; they count as asked for. */
    public List<String> names() {
        fields.fieldNames().forEachRemaining(known::add);
        return List.copyOf(known);
    }

    /** A whole number in [least, most]. */
    public int integer(String key, int least, int most) {
        return whole(key, required(key), least, most);
    }

    private int whole(String key, JsonNode value, int least, int most) {
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw wrong(key, value, least == most ? "" + least : "a whole number in [%d, %d]".formatted(least, most));
        }
        return value.intValue();
    }

    /** A number in [least, most]. */
    public double number(String key, double least, double most) {
        JsonNode value = required(key);
        if (!value.isNumber() || !(value.doubleValue() >= least) || !(value.doubleValue() <= most)) {
            throw wrong(key, value, "a number in [%s, %s]".formatted(least, most));
        }
        return value.doubleValue();
    }

    /** False when absent. */
    public boolean flag(String key) {
        if (!has(key)) {
            return false;
        }
        JsonNode value = fields.get(key);
        if (!value.isBoolean()) {
            throw wrong(key, value, "true or false");
        }
        return value.booleanValue();
    }

    public String text(String key) {
        JsonNode value = required(key);
        if (!value.isTextual()) {
            throw wrong(key, value, "a text");
        }
        return value.textValue();
    }

    public Optional<String> optionalText(String key) {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    /** At least one text. */
    public List<String> texts(String key, int most) {
        return list(key, required(key), most, value -> {
            if (!value.isTextual()) {
                throw wrong(key, value, "a list of texts");
            }
            return value.textValue();
        });
    }

    /** Whole numbers in [0, most], each once; empty when absent. */
    public List<Integer> distinct(String key, int most) {
        List<Integer> found = has(key) ? integers(key, fields.get(key), most) : List.of();
        if (new LinkedHashSet<>(found).size() != found.size()) {
            throw wrong(key, fields.get(key), "a list that names nothing twice");
        }
        return found;
    }

    /** At least one whole number in [0, most]. */
    public List<Integer> list(String key, int most) {
        return integers(key, required(key), most);
    }

    /** Lists of at least one whole number in [0, most]. */
    public List<List<Integer>> groups(String key, int most) {
        return list(key, required(key), most + 1, group -> integers(key, group, most));
    }

    private List<Integer> integers(String key, JsonNode value, int most) {
        return list(key, value, most + 1, number -> whole(key, number, 0, most));
    }

    /** Lists of ascending whole numbers in [0, most], each at least one, or null; empty when absent. */
    public List<Optional<List<Integer>>> ascending(String key, int mostLists, int most) {
        if (!has(key)) {
            return List.of();
        }
        return list(key, fields.get(key), mostLists, group -> {
            if (group.isNull()) {
                return Optional.empty();
            }
            List<Integer> found = integers(key, group, most);
            for (int i = 1; i < found.size(); i++) {
                if (found.get(i) <= found.get(i - 1)) {
                    throw wrong(key, found.get(i) + " behind " + found.get(i - 1), "in ascending order, each once");
                }
            }
            return Optional.of(found);
        });
    }

    /** An object of at least one whole number in [least, most]. */
    public Map<String, Integer> integersByName(String key, int mostEntries, int least, int most) {
        JsonNode value = required(key);
        if (!value.isObject() || value.isEmpty() || value.size() > mostEntries) {
            throw wrong(key, value, "an object of 1 to %d whole numbers".formatted(mostEntries));
        }
        Map<String, Integer> found = new LinkedHashMap<>();
        value.properties()
                .forEach(entry ->
                        found.put(entry.getKey(), whole(key + "." + entry.getKey(), entry.getValue(), least, most)));
        return found;
    }

    /** Numbers as they are written: a fraction, or a whole number of something. */
    public List<Number> numbers(String key, int most) {
        return list(key, required(key), most, value -> {
            if (!value.isNumber()) {
                throw wrong(key, value, "a number");
            }
            return value.numberValue();
        });
    }

    public RecipeFields object(String key) {
        JsonNode value = required(key);
        if (!value.isObject()) {
            throw wrong(key, value, "an object");
        }
        return new RecipeFields("%s, %s".formatted(where, key), value);
    }

    /** An object of texts; empty when absent. */
    public Map<String, String> textsByName(String key, int mostEntries) {
        Map<String, String> found = new LinkedHashMap<>();
        if (!has(key)) {
            return found;
        }
        JsonNode value = fields.get(key);
        if (!value.isObject() || value.size() > mostEntries) {
            throw wrong(key, value, "an object of at most %d texts".formatted(mostEntries));
        }
        RecipeFields inner = object(key);
        value.fieldNames().forEachRemaining(name -> found.put(name, inner.text(name)));
        return found;
    }

    /** At least one object. */
    public List<RecipeFields> objects(String key, int most) {
        List<RecipeFields> found = new ArrayList<>();
        list(key, required(key), most, value -> {
            if (!value.isObject()) {
                throw wrong(key, value, "a list of objects");
            }
            return found.add(new RecipeFields("%s, %s %d".formatted(where, key, found.size()), value));
        });
        return found;
    }

    private <T> List<T> list(String key, JsonNode value, int most, Function<JsonNode, T> element) {
        if (!value.isArray() || value.isEmpty() || value.size() > most) {
            throw wrong(key, value, "a list of 1 to %d".formatted(most));
        }
        List<T> found = new ArrayList<>();
        value.forEach(entry -> found.add(element.apply(entry)));
        return found;
    }

    private JsonNode required(String key) {
        if (!has(key)) {
            throw corrupt("it has no field \"%s\"".formatted(key));
        }
        return fields.get(key);
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT for a field that was never asked for */
    public void requireNoOthers() {
        fields.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw corrupt("it has a field \"%s\", known are %s".formatted(name, known));
            }
        });
    }

    /** To be thrown for a value that is not what is expected. */
    public ForetokenException wrong(String key, Object found, String expected) {
        String text = String.valueOf(found);
        return corrupt("%s=%s, must be %s"
                .formatted(key, text.length() > 100 ? text.substring(0, 100) + "..." : text, expected));
    }

    private ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, where + ": " + what);
    }
}
