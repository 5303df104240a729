package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The name {@code loop} inside a loop. */
final class LoopVariable implements Callable {
    private final LoopItems items;
    private final int depth;
    private final Rendering rendering;
    private final Function<Arguments, Value> recurse;
    private int index = -1;
    private @Nullable Value lastSeen;

    LoopVariable(LoopItems items, int depth, Rendering rendering, Function<Arguments, Value> recurse) {
        this.items = items;
        this.depth = depth;
        this.rendering = rendering;
        this.recurse = recurse;
    }

    /** Moves to the next item; false behind the last one. */
    boolean next() {
        return items.has(++index);
    }

    Value item() {
        return items.get(index);
    }

    @Override
    public String name() {
        return "loop";
    }

    @Override
    public Value call(Arguments arguments) {
        return recurse.apply(arguments);
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> Int.of(index + 1L);
            case "index0" -> Int.of(index);
            case "revindex" -> Int.of((long) items.size() - index);
            case "revindex0" -> Int.of((long) items.size() - index - 1);
            case "first" -> Bool.of(index == 0);
            case "last" -> Bool.of(!items.has(index + 1));
            case "length" -> Int.of(items.size());
            case "depth" -> Int.of(depth);
            case "depth0" -> Int.of(depth - 1L);
            case "previtem" -> neighbour(index - 1, "there is no previous item");
            case "nextitem" -> neighbour(index + 1, "there is no next item");
            case "cycle" -> new NamedFunction(name, this::cycle);
            case "changed" -> new NamedFunction(name, this::changed);
            default -> null;
        };
    }

    private Value neighbour(int at, String reason) {
        return items.has(at) ? items.get(at) : new Undefined(reason);
    }

    private Value cycle(Arguments arguments) {
        List<Value> values = arguments.positional();
        if (values.isEmpty()) {
            throw new TemplateError("'loop.cycle' needs at least one value");
        }
        return values.get(index % values.size());
    }

    private Value changed(Arguments arguments) {
        Value seen = new Seq(arguments.positional(), Seq.Kind.TUPLE);
        boolean same = lastSeen != null && rendering.equal(lastSeen, seen);
        lastSeen = seen;
        return Bool.of(!same);
    }
}
