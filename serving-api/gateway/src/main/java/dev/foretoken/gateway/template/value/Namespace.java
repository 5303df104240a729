package dev.foretoken.gateway.template.value;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thing a template can change: {@code namespace(a=1)}, then {@code set ns.a = 2}. */
public final class Namespace implements Value {
    private final Map<String, Value> attributes = new LinkedHashMap<>();

    public @Nullable Value get(String name) {
        return attributes.get(name);
    }

    public void set(String name, Value value) {
        attributes.put(name, value);
    }
}
