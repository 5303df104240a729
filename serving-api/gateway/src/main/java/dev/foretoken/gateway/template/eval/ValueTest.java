package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Value;

/** What stands behind {@code is}. */
@FunctionalInterface
interface ValueTest {
    boolean holds(Value subject, Arguments arguments, Rendering rendering);
}
