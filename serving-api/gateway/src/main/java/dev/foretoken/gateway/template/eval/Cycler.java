package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code cycler('a', 'b')}: {@code next()} gives the values in turn. */
final class Cycler implements Callable {
    private final List<Value> values;
    private int position;

    Cycler(List<Value> values) {
        if (values.isEmpty()) {
            throw new TemplateError("cycler needs at least one value");
        }
        this.values = values;
    }

    @Override
    public String name() {
        return "cycler";
    }

    @Override
    public Value call(Arguments arguments) {
        throw new TemplateError("a cycler is not called itself, use its next()");
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "current" -> values.get(position);
            case "next" -> new NamedFunction(name, arguments -> next());
            case "reset" -> new NamedFunction(name, arguments -> reset());
            default -> null;
        };
    }

    private Value next() {
        Value value = values.get(position);
        position = (position + 1) % values.size();
        return value;
    }

    private Value reset() {
        position = 0;
        return None.NONE;
    }
}
