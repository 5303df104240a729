package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.TextBuilder;
import dev.foretoken.gateway.template.value.Truth;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Filters on lists, dicts and everything else that can be looped over. */
final class SequenceFilters {
    static final Map<String, Filter> BY_NAME = all();

    private SequenceFilters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>();
        filters.put("length", (in, args, r) -> Int.of(Iteration.length(in)));
        filters.put("count", (in, args, r) -> Int.of(Iteration.length(in)));
        filters.put("list", (in, args, r) -> Seq.list(Iteration.of(in)));
        filters.put("first", (in, args, r) -> end(Iteration.of(in), true));
        filters.put("last", (in, args, r) -> end(Iteration.of(in), false));
        filters.put("default", SequenceFilters::fallback);
        filters.put("d", SequenceFilters::fallback);
        filters.put("attr", (in, args, r) -> attribute(in, args.text(0, "name"), r));
        filters.put("items", (in, args, r) -> items(in));
        filters.put("join", SequenceFilters::join);
        filters.put("reverse", (in, args, r) -> reverse(in));
        filters.put("batch", SequenceFilters::batch);
        filters.put("slice", SequenceFilters::slice);
        return filters;
    }

    private static Value end(List<Value> items, boolean first) {
        if (items.isEmpty()) {
            return new Undefined("there is no item, the sequence is empty");
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Value fallback(Value input, Arguments arguments, Rendering rendering) {
        boolean missing = input instanceof Undefined || arguments.flag(1, "boolean") && !Truth.of(input);
        return missing ? arguments.get(0, "default_value", Str.EMPTY) : input;
    }

    private static Value attribute(Value input, String name, Rendering rendering) {
        return input instanceof Dict && ContainerMethods.OF_DICTS.get(name) == null
                ? new Undefined("a dict has no attribute '" + name + "'")
                : rendering.access().attribute(input, name);
    }

    private static Value items(Value input) {
        if (input instanceof Undefined) {
            return Seq.generator(List.of());
        }
        if (input instanceof Dict(var entries)) {
            return Seq.generator(ContainerMethods.pairs(entries));
        }
        throw new TemplateError("items needs a dict, found " + Types.article(input));
    }

    private static Value join(Value input, Arguments arguments, Rendering rendering) {
        String separator = rendering.str(arguments.get(0, "d", Str.EMPTY));
        ItemAttribute attribute = ItemAttribute.of(arguments.find(1, "attribute"), rendering);
        TextBuilder out = new TextBuilder(rendering.budget());
        boolean first = true;
        for (Value item : Iteration.of(input)) {
            rendering.budget().step();
            out.append(first ? "" : separator).append(rendering.str(attribute.of(item)));
            first = false;
        }
        return new Str(out.toString());
    }

    private static Value reverse(Value input) {
        return input instanceof Str(String text, var _)
                ? new Str(new StringBuilder(text).reverse().toString())
                : Seq.generator(Iteration.of(input).reversed());
    }

    private static Value batch(Value input, Arguments arguments, Rendering rendering) {
        int size = positive(arguments.integer(0, "linecount", 0), "batch");
        List<Value> items = Iteration.of(input);
        List<Value> batches = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            List<Value> batch = new ArrayList<>(items.subList(from, Math.min(items.size(), from + size)));
            Value fill = arguments.find(1, "fill_with");
            while (fill != null && batch.size() < size) {
                rendering.budget().step();
                batch.add(fill);
            }
            batches.add(Seq.list(batch));
        }
        return Seq.generator(batches);
    }

    /** So many lists of nearly the same length; the first ones are longer. */
    private static Value slice(Value input, Arguments arguments, Rendering rendering) {
        int slices = positive(arguments.integer(0, "slices", 0), "slice");
        List<Value> items = Iteration.of(input);
        Value fill = arguments.find(1, "fill_with");
        rendering.budget().steps(slices);
        List<Value> out = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < slices; i++) {
            boolean longer = i < items.size() % slices;
            int to = from + items.size() / slices + (longer ? 1 : 0);
            List<Value> slice = new ArrayList<>(items.subList(from, to));
            if (fill != null && !longer && items.size() % slices != 0) {
                slice.add(fill);
            }
            out.add(Seq.list(slice));
            from = to;
        }
        return Seq.generator(out);
    }

    private static int positive(int count, String filter) {
        if (count < 1 || count > 1 << 20) {
            throw new TemplateError(filter + " needs a count in [1, " + (1 << 20) + "], found " + count);
        }
        return count;
    }
}
