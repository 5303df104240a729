package dev.foretoken.nativeruntime.reader;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A {@code config.json}, read with types and ranges. A field that is null counts as absent. */
final class CheckpointConfig {

    /** Largest size accepted for any field, so that products of a few of them fit a long. */
    static final int MAX_SIZE = 1 << 26;

    /** Far more than any model has: each layer becomes objects before its weights are looked for. */
    private static final int MAX_LAYERS = 4096;

    /** Python writes infinity as a bare word. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final JsonNode fields;
    private final String modelType;

    private CheckpointConfig(JsonNode fields, String modelType) {
        this.fields = fields;
        this.modelType = modelType;
    }

    static CheckpointConfig parse(byte[] json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "config.json is not valid JSON", e);
        }
        if (!root.isObject()) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "config.json is not a JSON object");
        }
        return new CheckpointConfig(root, root.path("model_type").asText("absent"));
    }

    String modelType() {
        return modelType;
    }

    int hiddenSize() {
        return size("hidden_size");
    }

    int layers() {
        return layers("num_hidden_layers");
    }

    int layers(String key) {
        return integer(key, 1, MAX_LAYERS);
    }

    /** Of RMS norms. */
    float epsilon(double absent) {
        return (float) number("rms_norm_eps", absent);
    }

    /** Hidden size divided by the number of heads: the default size of a head. */
    int hiddenShare(int heads) {
        return Math.max(1, hiddenSize() / heads);
    }

    boolean has(String key) {
        return fields.hasNonNull(key);
    }

    /** Whether the field is written as null, which is not the same as left out. */
    boolean isNull(String key) {
        return fields.path(key).isNull();
    }

    /** Names of all fields, those that are null too. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        fields.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** An object field; empty when absent. */
    CheckpointConfig child(String key) {
        if (!has(key)) {
            return new CheckpointConfig(JsonNodeFactory.instance.objectNode(), modelType);
        }
        JsonNode value = fields.get(key);
        if (!value.isObject()) {
            throw wrongType(key, value, "an object");
        }
        return new CheckpointConfig(value, modelType);
    }

    /** A whole number in [1, {@link #MAX_SIZE}]. */
    int size(String key) {
        return integer(key, 1, MAX_SIZE);
    }

    int size(String key, int absent) {
        return has(key) ? integer(key, 1, MAX_SIZE) : absent;
    }

    /** As {@link #size} and may be 0. */
    int count(String key, int absent) {
        return has(key) ? integer(key, 0, MAX_SIZE) : absent;
    }

    /** How many experts a layer has, which configurations call by either of two names. */
    int experts(int absent) {
        return experts(has("num_experts") ? "num_experts" : "num_local_experts", absent);
    }

    /** As {@link #experts(int)}, under a third name. */
    int experts(String key, int absent) {
        return has(key) ? integer(key, 1, ExpertTraits.MAX_EXPERTS) : absent;
    }

    /** A list of whole numbers in [0, {@link #MAX_SIZE}]. */
    List<Integer> counts(String key) {
        JsonNode value = required(key);
        List<Integer> counts = new ArrayList<>();
        for (JsonNode count : value) {
            if (count.isIntegralNumber() && count.canConvertToInt() && count.intValue() >= 0) {
                counts.add(count.intValue());
            }
        }
        if (!value.isArray() || counts.size() != value.size()) {
            throw wrongType(key, value, "a list of whole numbers");
        }
        return counts;
    }

    /** Inputs that share a scale: a positive number, or -1 for all. */
    int groupSize(String key) {
        int size = integer(key, -1, MAX_SIZE);
        if (size == 0) {
            throw wrongType(key, fields.get(key), "-1 or at least 1");
        }
        return size;
    }

    /** A list of two sizes. */
    List<Integer> blockSize(String key) {
        JsonNode value = required(key);
        List<Integer> sizes = new ArrayList<>();
        for (JsonNode size : value) {
            if (size.isIntegralNumber() && size.canConvertToInt() && size.intValue() > 0) {
                sizes.add(size.intValue());
            }
        }
        if (!value.isArray() || value.size() != 2 || sizes.size() != 2) {
            throw wrongType(key, value, "a list of two sizes");
        }
        return sizes;
    }

    private int integer(String key, int min, int max) {
        JsonNode value = required(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw wrongType(key, value, "a whole number in [" + min + ", " + max + "]");
        }
        return value.intValue();
    }

    double number(String key) {
        JsonNode value = required(key);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrongType(key, value, "a number");
        }
        return value.doubleValue();
    }

    double number(String key, double absent) {
        return has(key) ? number(key) : absent;
    }

    double positiveNumber(String key) {
        double value = number(key);
        if (value <= 0) {
            throw wrongType(key, fields.get(key), "a positive number");
        }
        return value;
    }

    double positiveNumber(String key, double absent) {
        return has(key) ? positiveNumber(key) : absent;
    }

    /** Two numbers, the first not above the second, either of which may be infinite: as a bare word, or as {@code {"__float__": "Infinity"}}. */
    List<Double> interval(String key, double low, double high) {
        if (!has(key)) {
            return List.of(low, high);
        }
        JsonNode value = fields.get(key);
        List<Double> ends = new ArrayList<>();
        value.forEach(end -> ends.add(bound(end)));
        if (!value.isArray() || ends.size() != 2 || !(ends.getFirst() <= ends.getLast())) {
            throw wrongType(key, value, "a list of two ascending numbers");
        }
        return ends;
    }

    private static double bound(JsonNode end) {
        String word = end.path("__float__").asText(end.asText());
        return switch (word) {
            case "Infinity", "inf" -> Double.POSITIVE_INFINITY;
            case "-Infinity", "-inf" -> Double.NEGATIVE_INFINITY;
            default -> end.isNumber() ? end.doubleValue() : Double.NaN;
        };
    }

    /** Whether the field is a string. */
    boolean isText(String key) {
        return fields.path(key).isTextual();
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = fields.get(key);
        if (!value.isBoolean()) {
            throw wrongType(key, value, "true or false");
        }
        return value.booleanValue();
    }

    String text(String key, String absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = fields.get(key);
        if (!value.isTextual()) {
            throw wrongType(key, value, "a string");
        }
        return value.textValue();
    }

    /** A list of {@code count} numbers, each 1 where the field is missing. */
    List<Float> factors(String key, int count) {
        if (!has(key)) {
            return Collections.nCopies(count, 1f);
        }
        List<Float> found = new ArrayList<>();
        for (JsonNode entry : fields.get(key)) {
            if (entry.isNumber() && Float.isFinite(entry.floatValue())) {
                found.add(entry.floatValue());
            }
        }
        if (!fields.get(key).isArray() || found.size() != count) {
            throw wrongType(key, fields.get(key), "a list of " + count + " numbers");
        }
        return found;
    }

    /** A list of {@code count} positive numbers. */
    List<Float> positiveNumbers(String key, int count) {
        JsonNode value = required(key);
        List<Float> found = new ArrayList<>();
        for (JsonNode entry : value) {
            if (entry.isNumber() && entry.floatValue() > 0 && Float.isFinite(entry.floatValue())) {
                found.add(entry.floatValue());
            }
        }
        if (!value.isArray() || value.size() != count || found.size() != count) {
            throw wrongType(key, value, "a list of " + count + " positive numbers");
        }
        return found;
    }

    List<String> texts(String key) {
        JsonNode value = required(key);
        List<String> found = new ArrayList<>();
        for (JsonNode entry : value) {
            found.add(entry.asText());
        }
        if (!value.isArray()) {
            throw wrongType(key, value, "a list of strings");
        }
        return found;
    }

    void requireText(String key, String absent, String supported) {
        String found = text(key, absent);
        if (!found.equals(supported)) {
            throw unsupported(key, "\"" + found + "\"", supported);
        }
    }

    ForetokenException unsupported(String key, String found, String supported) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "config.json of this %s model has %s %s; supported is %s".formatted(modelType, key, found, supported));
    }

    private JsonNode required(String key) {
        if (!has(key)) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "config.json of this %s model has no %s, which it must have".formatted(modelType, key));
        }
        return fields.get(key);
    }

    private ForetokenException wrongType(String key, JsonNode value, String expected) {
        String text = value.toString();
        String found = text.length() <= 40 ? text : text.substring(0, 40) + "...";
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT, "config.json has %s=%s, must be %s".formatted(key, found, expected));
    }
}
