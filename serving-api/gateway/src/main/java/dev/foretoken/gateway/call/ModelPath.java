package dev.foretoken.gateway.call;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What follows {@code /v2/models/}: a name, which may hold slashes, a version, and what is asked of it.
 *
 * @param version empty = whatever the name leads to
 * @param action empty for the model itself
 */
public record ModelPath(String name, String version, String action) {

    private static final Pattern PARTS =
            Pattern.compile("(?<name>.+?)(/versions/(?<version>.+?))?(/(?<action>ready|infer))?");

    public static ModelPath parse(String path) {
        Matcher parts = PARTS.matcher(path);
        if (!parts.matches()) {
            throw new ForetokenException(ErrorCode.ROUTE_NOT_FOUND, "the path names no model");
        }
        return new ModelPath(parts.group("name"), orEmpty(parts.group("version")), orEmpty(parts.group("action")));
    }

    private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }
}
