package dev.foretoken.gateway.template.value;

/** A text; positions count code points, as in Python. */
public record Str(String value) implements Value {
    public static final Str EMPTY = new Str("");
}
