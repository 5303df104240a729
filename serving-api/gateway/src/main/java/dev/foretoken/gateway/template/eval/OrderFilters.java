package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Ordering;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Filters that order or compare items; texts regardless of case unless {@code case_sensitive}. */
final class OrderFilters {
    static final Map<String, Filter> BY_NAME = Map.of(
            "sort", OrderFilters::sort,
            "dictsort", OrderFilters::dictsort,
            "groupby", OrderFilters::groupby,
            "unique", OrderFilters::unique,
            "min", (in, args, r) -> extreme(in, args, r, false),
            "max", (in, args, r) -> extreme(in, args, r, true));

    private OrderFilters() {}

    private static Value sort(Value input, Arguments arguments, Rendering rendering) {
        Value attribute = arguments.get(2, "attribute", None.NONE);
        Function<Value, Value> key = attribute instanceof Str(String names, var _) && names.contains(",")
                ? several(names, arguments.flag(1, "case_sensitive"), rendering)
                : key(attribute, arguments.flag(1, "case_sensitive"), rendering);
        return Seq.list(sorted(Iteration.of(input), key, arguments.flag(0, "reverse"), rendering));
    }

    private static Function<Value, Value> several(String attributes, boolean caseSensitive, Rendering rendering) {
        List<Function<Value, Value>> keys = Arrays.stream(attributes.split(","))
                .map(name -> key(new Str(name), caseSensitive, rendering))
                .toList();
        return item -> Seq.list(keys.stream().map(key -> key.apply(item)).toList());
    }

    private static Value dictsort(Value input, Arguments arguments, Rendering rendering) {
        if (!(input instanceof Dict(var entries))) {
            throw new TemplateError("dictsort needs a dict, found " + Types.article(input));
        }
        String by = rendering.str(arguments.get(1, "by", new Str("key")));
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateError("dictsort's by is '" + by + "', expected key or value");
        }
        boolean caseSensitive = arguments.flag(0, "case_sensitive");
        int part = by.equals("key") ? 0 : 1;
        Function<Value, Value> key = pair -> folded(((Seq) pair).items().get(part), caseSensitive);
        return Seq.list(sorted(ContainerMethods.pairs(entries), key, arguments.flag(2, "reverse"), rendering));
    }

    private static Value groupby(Value input, Arguments arguments, Rendering rendering) {
        ItemAttribute attribute =
                ItemAttribute.of(arguments.require(0, "attribute"), arguments.find(1, "default"), rendering);
        boolean caseSensitive = arguments.flag(2, "case_sensitive");
        Function<Value, Value> key = item -> folded(attribute.of(item), caseSensitive);
        List<Value> groups = new ArrayList<>();
        List<Value> group = new ArrayList<>();
        for (Value item : sorted(Iteration.of(input), key, false, rendering)) {
            if (!group.isEmpty() && !rendering.equal(key.apply(group.getFirst()), key.apply(item))) {
                groups.add(group(group, attribute));
                group = new ArrayList<>();
            }
            group.add(item);
        }
        if (!group.isEmpty()) {
            groups.add(group(group, attribute));
        }
        return Seq.list(groups);
    }

    private static Value group(List<Value> items, ItemAttribute attribute) {
        return new Seq(List.of(attribute.of(items.getFirst()), Seq.list(items)), Seq.Kind.GROUP);
    }

    private static Value unique(Value input, Arguments arguments, Rendering rendering) {
        Function<Value, Value> key =
                key(arguments.get(1, "attribute", None.NONE), arguments.flag(0, "case_sensitive"), rendering);
        List<Value> seen = new ArrayList<>();
        List<Value> out = new ArrayList<>();
        for (Value item : Iteration.of(input)) {
            Value itemKey = key.apply(item);
            if (seen.stream().noneMatch(other -> rendering.equal(other, itemKey))) {
                seen.add(itemKey);
                out.add(item);
            }
        }
        return Seq.generator(out);
    }

    private static Value extreme(Value input, Arguments arguments, Rendering rendering, boolean largest) {
        Function<Value, Value> key =
                key(arguments.get(1, "attribute", None.NONE), arguments.flag(0, "case_sensitive"), rendering);
        Value best = null;
        for (Value item : Iteration.of(input)) {
            int order = best == null ? -1 : Ordering.compare(key.apply(item), key.apply(best), rendering.budget());
            if (best == null || (largest ? order > 0 : order < 0)) {
                best = item;
            }
        }
        return best != null ? best : new Undefined("there is no item, the sequence is empty");
    }

    private static Function<Value, Value> key(@Nullable Value attribute, boolean caseSensitive, Rendering rendering) {
        ItemAttribute path = ItemAttribute.of(attribute, rendering);
        return item -> folded(path.of(item), caseSensitive);
    }

    private static Value folded(Value key, boolean caseSensitive) {
        return !caseSensitive && key instanceof Str(String text, var _) ? new Str(text.toLowerCase(Locale.ROOT)) : key;
    }

    private static List<Value> sorted(
            List<Value> items, Function<Value, Value> key, boolean reverse, Rendering rendering) {
        Comparator<Value> order = (a, b) -> Ordering.compare(key.apply(a), key.apply(b), rendering.budget());
        List<Value> sorted = new ArrayList<>(items);
        sorted.sort(reverse ? (a, b) -> order.compare(b, a) : order);
        return sorted;
    }
}
