package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.Value;
import java.util.function.Function;

/** A global function, or a method bound to its value. */
record NamedFunction(String name, Function<Arguments, Value> body) implements Callable {
    @Override
    public Value call(Arguments arguments) {
        return body.apply(arguments);
    }
}
