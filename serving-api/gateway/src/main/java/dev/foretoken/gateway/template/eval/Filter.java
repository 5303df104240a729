package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Value;

/** What stands behind a '|'. */
@FunctionalInterface
interface Filter {
    Value apply(Value input, Arguments arguments, Rendering rendering);
}
