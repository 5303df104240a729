package dev.foretoken.gateway.template.value;

import org.jspecify.annotations.Nullable;

/**
 * How {@code tojson} writes.
 *
 * @param indent one level's white space, or null for everything on one line
 */
public record JsonForm(
        boolean asciiOnly, @Nullable String indent, String itemSeparator, String keySeparator, boolean sortKeys) {
    /** The defaults of Python's {@code json.dumps(x, ensure_ascii=False)}. */
    public static final JsonForm PLAIN = new JsonForm(false, null, ", ", ": ", false);
}
