package dev.foretoken.gateway.template.value;

/**
 * A text; positions count code points, as in Python.
 *
 * @param safe whether it was marked by {@code safe} or {@code escape}: joined with {@code +} or {@code %} to other text, that
 *     text is escaped for HTML. Chat templates do not want this, but some have it, and their models were trained with it
 */
public record Str(String value, boolean safe) implements Value, Comparable<Str> {
    public static final Str EMPTY = new Str("");

    public Str(String value) {
        this(value, false);
    }

    /** The text as a part of a safe one. */
    public String escaped() {
        if (safe) {
            return value;
        }
        return value.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    /** Lets a hash map find a key fast also where a caller sends many of one hash; not Python's order. */
    @Override
    public int compareTo(Str other) {
        return value.compareTo(other.value);
    }

    /** The mark makes no difference. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Str that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
