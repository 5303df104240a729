package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Namespace;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.List;

/** What a loop over a value visits, and how long a value is. */
final class Iteration {
    private Iteration() {}

    /** Items of a sequence, keys of a dict, characters of a text, nothing of an undefined value. */
    static List<Value> of(Value value) {
        return switch (value) {
            case Seq(var items, var _) -> items;
            case Dict(var entries) -> List.copyOf(entries.keySet());
            case Str(String text, var _) -> CodePoints.split(text);
            case Undefined _ -> List.of();
            case None _, Bool _, Int _, Flt _, Namespace _, Callable _ ->
                throw new TemplateError("a loop over " + Types.article(value) + " is not possible");
        };
    }

    static boolean isPossible(Value value) {
        return value instanceof Seq || value instanceof Dict || value instanceof Str || value instanceof Undefined;
    }

    static int length(Value value) {
        return switch (value) {
            case Seq(var items, var kind) when kind != Seq.Kind.GENERATOR -> items.size();
            case Dict(var entries) -> entries.size();
            case Str(String text, var _) -> CodePoints.length(text);
            case Undefined _ -> 0;
            case None _, Bool _, Int _, Flt _, Seq _, Namespace _, Callable _ ->
                throw new TemplateError(Types.article(value) + " has no length");
        };
    }
}
