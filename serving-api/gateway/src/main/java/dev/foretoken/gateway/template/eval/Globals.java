package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Namespace;
import dev.foretoken.gateway.template.value.Repr;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Value;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The functions every template has. */
final class Globals {
    private final Map<String, Value> byName = new LinkedHashMap<>();
    private final Budget budget;

    Globals(Budget budget, ZonedDateTime now) {
        this.budget = budget;
        add("raise_exception", arguments -> {
            throw TemplateError.raised(Repr.str(arguments.require(0, "message"), budget));
        });
        add("strftime_now", arguments -> new Str(new DateFormat(now, budget).format(arguments.text(0, "format"))));
        add("range", this::range);
        add("dict", this::dict);
        add("namespace", this::namespace);
        add("cycler", arguments -> new Cycler(arguments.positional()));
        add("joiner", arguments -> new Joiner(arguments.get(0, "sep", new Str(", "))));
    }

    private void add(String name, Function<Arguments, Value> body) {
        byName.put(name, new NamedFunction(name, body));
    }

    @Nullable
    Value get(String name) {
        return byName.get(name);
    }

    private Value range(Arguments arguments) {
        int count = arguments.positional().size();
        long start = count < 2 ? 0 : arguments.integer(0, "start", 0);
        long stop = arguments.integer(count < 2 ? 0 : 1, "stop", 0);
        long step = arguments.integer(2, "step", 1);
        if (count == 0 || step == 0) {
            throw new TemplateError("range needs a stop, and a step other than 0");
        }
        long length = Math.max(0, Math.ceilDiv(stop - start, step));
        if (length > budget.maxRange()) {
            throw new TemplateError(
                    "range gives " + length + " numbers, at most " + budget.maxRange() + " are allowed");
        }
        budget.steps(length);
        List<Value> numbers = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            numbers.add(Int.of(start + i * step));
        }
        return new Seq(numbers, Seq.Kind.RANGE);
    }

    private Value dict(Arguments arguments) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        if (!arguments.positional().isEmpty()) {
            entries.putAll(entries(arguments.positional().getFirst()));
        }
        arguments.named().forEach((name, value) -> entries.put(new Str(name), value));
        return new Dict(entries);
    }

    /** Of a dict, or of a list of pairs. */
    private Map<Value, Value> entries(Value value) {
        if (value instanceof Dict(var entries)) {
            return entries;
        }
        Map<Value, Value> out = new LinkedHashMap<>();
        for (Value pair : Iteration.of(value)) {
            List<Value> parts = Iteration.of(pair);
            if (parts.size() != 2) {
                throw new TemplateError("dict needs pairs, found " + Types.article(pair) + " of " + parts.size());
            }
            out.put(parts.get(0), parts.get(1));
        }
        return out;
    }

    private Value namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        Dict values = (Dict) dict(arguments);
        values.entries().forEach((name, value) -> namespace.set(Repr.str(name, budget), value));
        return namespace;
    }
}
