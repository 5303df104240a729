package dev.foretoken.gateway.answer;

import dev.foretoken.contract.ForetokenException;
import org.jspecify.annotations.Nullable;

/** Range checks of request fields. Each message names the field, what was found and the range. */
public final class FieldCheck {

    private FieldCheck() {}

    /** The value, or {@code fallback} when none was sent; refuses NaN, infinities and what lies outside [min, max]. */
    public static float number(String field, @Nullable Double value, float fallback, double min, double max) {
        if (value == null) {
            return fallback;
        }
        if (!(value >= min && value <= max)) {
            throw outside(field, value.toString(), "in [" + plain(min) + ", " + plain(max) + "]");
        }
        return value.floatValue();
    }

    public static int integer(String field, @Nullable Long value, int fallback, long min, long max) {
        if (value == null) {
            return fallback;
        }
        if (value < min || value > max) {
            throw outside(field, value.toString(), "in [" + min + ", " + max + "]");
        }
        return Math.toIntExact(value);
    }

    /** The token id, checked against the model's vocabulary. */
    public static int token(String field, int id, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw ForetokenException.invalid(
                    field, field + " has token id " + id + ", the model's ids are 0 to " + (vocabularySize - 1));
        }
        return id;
    }

    /** Refuses a list with more than {@code max} entries. */
    public static void count(String field, int size, int max) {
        if (size > max) {
            throw ForetokenException.invalid(
                    field, field + " has " + size + " entries, at most " + max + " are allowed");
        }
    }

    public static ForetokenException outside(String field, String found, String expected) {
        return ForetokenException.invalid(field, field + "=" + found + ", must be " + expected);
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
