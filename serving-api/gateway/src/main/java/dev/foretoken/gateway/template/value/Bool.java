package dev.foretoken.gateway.template.value;

/** A truth value; in arithmetic 0 or 1, as in Python. */
public record Bool(boolean value) implements Value {
    public static final Bool TRUE = new Bool(true);
    public static final Bool FALSE = new Bool(false);

    public static Bool of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
