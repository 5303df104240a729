package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.Value;

/** {@code joiner(', ')}: nothing at the first call, the separator at every later one. */
final class Joiner implements Callable {
    private final Value separator;
    private boolean used;

    Joiner(Value separator) {
        this.separator = separator;
    }

    @Override
    public String name() {
        return "joiner";
    }

    @Override
    public Value call(Arguments arguments) {
        Value value = used ? separator : Str.EMPTY;
        used = true;
        return value;
    }
}
