package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Truth;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** {@code map}, {@code select} and their kind: filters that apply a filter or a test to every item. */
final class SelectionFilters {
    static final Map<String, Filter> BY_NAME = Map.of(
            "map", SelectionFilters::map,
            "select", (in, args, r) -> select(in, args, false, true, r),
            "reject", (in, args, r) -> select(in, args, false, false, r),
            "selectattr", (in, args, r) -> select(in, args, true, true, r),
            "rejectattr", (in, args, r) -> select(in, args, true, false, r));

    private SelectionFilters() {}

    private static Value map(Value input, Arguments arguments, Rendering rendering) {
        Function<Value, Value> operation = operation(arguments, rendering);
        List<Value> out = new ArrayList<>();
        for (Value item : itemsOf(input)) {
            rendering.budget().step();
            out.add(operation.apply(item));
        }
        return Seq.generator(out);
    }

    /** Anything false has no items here, None included. */
    private static List<Value> itemsOf(Value input) {
        return Truth.of(input) ? Iteration.of(input) : List.of();
    }

    private static Function<Value, Value> operation(Arguments arguments, Rendering rendering) {
        if (arguments.positional().isEmpty()) {
            ItemAttribute attribute = ItemAttribute.of(
                    arguments.require(0, "attribute"), arguments.named().get("default"), rendering);
            return attribute::of;
        }
        String filter = arguments.text(0, "filter");
        Arguments rest = arguments.dropFirst(1);
        return item -> rendering.filter(filter, item, rest);
    }

    private static Value select(
            Value input, Arguments arguments, boolean byAttribute, boolean keep, Rendering rendering) {
        ItemAttribute attribute = byAttribute
                ? ItemAttribute.of(arguments.require(0, "attribute"), rendering)
                : ItemAttribute.of(null, rendering);
        Predicate<Value> test = test(byAttribute ? arguments.dropFirst(1) : arguments, rendering);
        List<Value> out = new ArrayList<>();
        for (Value item : itemsOf(input)) {
            rendering.budget().step();
            if (test.test(attribute.of(item)) == keep) {
                out.add(item);
            }
        }
        return Seq.generator(out);
    }

    private static Predicate<Value> test(Arguments arguments, Rendering rendering) {
        if (arguments.positional().isEmpty()) {
            return Truth::of;
        }
        String name = arguments.text(0, "test");
        Arguments rest = arguments.dropFirst(1);
        return value -> rendering.test(name, value, rest);
    }
}
