package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; what is not found here is looked up outside. Assignments stay inside. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Value> names = new HashMap<>(4);

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    @Nullable
    Value get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value found = scope.names.get(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    void set(String name, Value value) {
        names.put(name, value);
    }
}
