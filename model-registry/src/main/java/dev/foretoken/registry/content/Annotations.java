package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The limits of a map from text to text, and its one order: by key. */
final class Annotations {

    static final int MOST = 1024;
    private static final int MAX_KEY = 256;
    private static final int MAX_VALUE = 1 << 16;

    private Annotations() {}

    /** An unmodifiable copy in key order. */
    static Map<String, String> checked(Map<String, String> map) {
        if (map.size() > MOST) {
            throw invalid("there are " + map.size() + " annotations or settings, at most " + MOST + " are allowed");
        }
        map.forEach(Annotations::check);
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }

    private static void check(String key, String value) {
        if (key.isEmpty() || key.length() > MAX_KEY) {
            throw invalid("key " + Quoted.of(key) + ", must have between 1 and " + MAX_KEY + " characters");
        }
        text("key", key, MAX_KEY);
        text("the value of " + Quoted.of(key), value, MAX_VALUE);
    }

    /** {@code value}, if it is well-formed Unicode of at most {@code most} UTF-16 units. */
    static String text(String what, String value, int most) {
        if (value.length() > most) {
            throw invalid(what + " has " + value.length() + " characters, at most " + most + " are allowed");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw invalid(what + " has half a surrogate pair and is not Unicode text");
        }
        return value;
    }

    private static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, message);
    }
}
