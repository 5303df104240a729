package dev.foretoken.gateway.template.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, evaluated. */
public record Arguments(List<Value> positional, Map<String, Value> named) {
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** The argument at this position or of this name, or null where it was not given. */
    public @Nullable Value find(int position, String name) {
        return position < positional.size() ? positional.get(position) : named.get(name);
    }

    public Value get(int position, String name, Value fallback) {
        Value found = find(position, name);
        return found == null ? fallback : found;
    }

    public Value require(int position, String name) {
        Value found = find(position, name);
        if (found == null) {
            throw new TemplateError("the argument '" + name + "' is missing");
        }
        return found;
    }

    public String text(int position, String name) {
        if (require(position, name) instanceof Str(String text, var _)) {
            return text;
        }
        throw new TemplateError(
                "the argument '" + name + "' is " + Types.article(require(position, name)) + ", expected a string");
    }

    public int integer(int position, String name, int fallback) {
        Value found = find(position, name);
        return found == null || found == None.NONE ? fallback : Numbers.toIndex(found);
    }

    public boolean flag(int position, String name) {
        Value found = find(position, name);
        return found != null && Truth.of(found);
    }

    /** Everything after the first {@code count} positional arguments. */
    public Arguments dropFirst(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }
}
