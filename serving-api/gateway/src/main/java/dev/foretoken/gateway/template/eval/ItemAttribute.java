package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a filter's {@code attribute='a.b.0'} reads of each item; without one, the item itself. */
record ItemAttribute(List<Value> path, @Nullable Value fallback, Rendering rendering) {
    static ItemAttribute of(@Nullable Value attribute, Rendering rendering) {
        return of(attribute, null, rendering);
    }

    static ItemAttribute of(@Nullable Value attribute, @Nullable Value fallback, Rendering rendering) {
        if (attribute == null || attribute == None.NONE) {
            return new ItemAttribute(List.of(), fallback, rendering);
        }
        List<Value> path = attribute instanceof Str(String text, var _)
                ? Arrays.stream(text.split("\\.", -1)).map(ItemAttribute::part).toList()
                : List.of(attribute);
        return new ItemAttribute(path, fallback, rendering);
    }

    private static Value part(String part) {
        return !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Int.of(Integer.parseInt(part))
                : new Str(part);
    }

    Value of(Value item) {
        Value value = item;
        for (Value part : path) {
            value = rendering.access().item(value, part);
            if (value instanceof Undefined && fallback != null) {
                return fallback;
            }
        }
        return value;
    }
}
