package dev.foretoken.gateway.template.value;

import org.jspecify.annotations.Nullable;

/** A function of the interpreter: a global, a macro, a loop, a method bound to its value. Never a Java object's method. */
public non-sealed interface Callable extends Value {
    /** Name for messages. */
    String name();

    Value call(Arguments arguments);

    /** An attribute such as {@code loop.index}, or null where there is none of that name. */
    default @Nullable Value attribute(String name) {
        return null;
    }
}
