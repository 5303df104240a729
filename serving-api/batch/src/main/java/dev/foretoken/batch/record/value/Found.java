package dev.foretoken.batch.record.value;

import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** What stands where something else is expected, in words: of bounded length, on one line. */
public final class Found {

    private static final int LONGEST = 64;

    private Found() {}

    /** In quotes, without its end where it is long. */
    public static String text(String text) {
        StringBuilder shown = new StringBuilder("'");
        text.codePoints()
                .limit(LONGEST)
                .map(character -> Character.isISOControl(character) ? '?' : character)
                .forEach(shown::appendCodePoint);
        boolean isWhole = text.codePointCount(0, text.length()) <= LONGEST;
        return shown.append(isWhole ? "'" : "...'").toString();
    }

    /** @param token the first of the value; null = there is none */
    static String kind(@Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            case null, default -> "empty";
        };
    }
}
