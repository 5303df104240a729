package dev.foretoken.contract;

import java.time.Duration;

/** Range checks for the compact constructors of configuration records. Each message names key, value and range. */
public final class ConfigCheck {

    private ConfigCheck() {}

    public static void requireRange(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw refused(key, Long.toString(value), "in [" + min + ", " + max + "]");
        }
    }

    public static void requireRange(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw refused(key, value.toString(), "in [" + min + ", " + max + "]");
        }
    }

    public static void require(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw refused(key, String.valueOf(value), expected);
        }
    }

    private static ForetokenException refused(String key, String value, String expected) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, key + "=" + value + ", must be " + expected)
                .withParam(key);
    }
}
