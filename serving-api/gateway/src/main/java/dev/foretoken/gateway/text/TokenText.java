package dev.foretoken.gateway.text;

import java.util.Arrays;
import java.util.Objects;

/**
 * One token as log-probability lists show it.
 *
 * @param text the token's bytes as UTF-8, U+FFFD where a character is cut; a leading space is kept
 * @param bytes the bytes themselves; several tokens' bytes joined give the character that was cut
 */
public record TokenText(int id, String text, byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof TokenText that && id == that.id && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, Arrays.hashCode(bytes));
    }

    @Override
    public String toString() {
        return "TokenText[" + id + " '" + text + "']";
    }
}
