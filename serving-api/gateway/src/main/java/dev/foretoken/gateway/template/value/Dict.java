package dev.foretoken.gateway.template.value;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values in insertion order.
 *
 * @param entries not changed after construction; keys are texts, numbers, truth values, None or tuples of these
 */
public record Dict(Map<Value, Value> entries) implements Value {
    public @Nullable Value get(Value key) {
        return entries.get(key);
    }

    public @Nullable Value get(String key) {
        return entries.get(new Str(key));
    }
}
