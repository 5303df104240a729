package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Value;

/** A method of a kind of value. */
@FunctionalInterface
interface Method<T extends Value> {
    Value call(T self, Arguments arguments, Rendering rendering);
}
