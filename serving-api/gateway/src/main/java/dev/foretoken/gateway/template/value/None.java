package dev.foretoken.gateway.template.value;

/** Python's {@code None}; JSON's null. */
public enum None implements Value {
    NONE
}
