package dev.foretoken.registry.gguf;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The key-value pairs of a file, read with types and ranges. */
public final class GgufMetadata {

    private final String file;
    private final Map<String, GgufValue> values;

    GgufMetadata(String file, Map<String, GgufValue> values) {
        this.file = file;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public Set<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public Optional<GgufValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** A whole number in [min, max]. */
    public int integer(String key, int min, int max) {
        GgufValue value = required(key);
        if (!(value instanceof GgufValue.Whole whole) || whole.value() < min || whole.value() > max) {
            throw wrong(key, value, "a whole number in [" + min + ", " + max + "]");
        }
        return (int) whole.value();
    }

    /** As {@link #integer(String, int, int)}; {@code absent} where the file does not say. */
    public int integer(String key, int min, int max, int absent) {
        return has(key) ? integer(key, min, max) : absent;
    }

    /** A finite number. */
    public double number(String key, double absent) {
        return switch (values.get(key)) {
            case null -> absent;
            case GgufValue.Whole whole -> whole.value();
            case GgufValue.Real real when Double.isFinite(real.value()) -> real.value();
            case GgufValue other -> throw wrong(key, other, "a number");
        };
    }

    public boolean flag(String key, boolean absent) {
        return switch (values.get(key)) {
            case null -> absent;
            case GgufValue.Flag flag -> flag.value();
            case GgufValue other -> throw wrong(key, other, "true or false");
        };
    }

    public Optional<String> text(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Text text -> Optional.of(text.value());
            case GgufValue other -> throw wrong(key, other, "a string");
        };
    }

    /** A text the file must have. */
    public String requiredText(String key) {
        required(key);
        return text(key).orElseThrow();
    }

    /** Whether the value is an array. */
    public boolean isList(String key) {
        return values.get(key) instanceof GgufValue.Array;
    }

    /** An array of strings; empty where the file has none. */
    public List<String> texts(String key) {
        GgufValue.Array array = array(key);
        if (array == null || array.count() == 0) {
            return List.of();
        }
        if (array.elementType() != ValueType.STRING) {
            throw wrong(key, array, "a list of strings");
        }
        return List.of(ValueReader.texts(array));
    }

    /** An array of numbers; empty where the file has none. */
    public double[] numbers(String key) {
        GgufValue.Array array = array(key);
        if (array == null || array.count() == 0) {
            return new double[0];
        }
        if (array.elementType() == ValueType.STRING || array.elementType() == ValueType.ARRAY) {
            throw wrong(key, array, "a list of numbers");
        }
        return ValueReader.numbers(array);
    }

    private GgufValue.@Nullable Array array(String key) {
        return switch (values.get(key)) {
            case null -> null;
            case GgufValue.Array array -> array;
            case GgufValue other -> throw wrong(key, other, "a list");
        };
    }

    private GgufValue required(String key) {
        GgufValue value = values.get(key);
        if (value == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, "%s has no %s, which it must have".formatted(file, key));
        }
        return value;
    }

    /** Something this file says that is not run here. */
    public ForetokenException unsupported(String key, String found, String supported) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED, "%s has %s %s; supported is %s".formatted(file, key, found, supported));
    }

    private ForetokenException wrong(String key, GgufValue value, String expected) {
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "%s has %s = %s, must be %s".formatted(file, key, described(value), expected));
    }

    private static String described(GgufValue value) {
        return switch (value) {
            case GgufValue.Whole whole -> Long.toString(whole.value());
            case GgufValue.Real real -> Double.toString(real.value());
            case GgufValue.Flag flag -> Boolean.toString(flag.value());
            case GgufValue.Text text -> "a string of " + text.bytes().byteSize() + " bytes";
            case GgufValue.Array array -> "a list of " + array.count() + " " + array.elementType() + " values";
        };
    }
}
