package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Namespace;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.Repr;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code a.b} and {@code a[b]}: keys of dicts, positions, and the listed methods; nothing else exists.
 *
 * <p>As in Jinja2 a method wins over a key behind a dot, a key over a method inside brackets.
 */
final class Access {
    private final Rendering rendering;

    Access(Rendering rendering) {
        this.rendering = rendering;
    }

    Value attribute(Value object, String name) {
        refuseUndefined(object);
        Value method = method(object, name);
        if (method != null) {
            return method;
        }
        Value key = object instanceof Dict dict ? dict.get(name) : null;
        return key != null ? key : missing(object, name);
    }

    Value item(Value object, Value index) {
        refuseUndefined(object);
        Value found = object instanceof Dict dict ? dict.get(index) : atPosition(object, index);
        if (found == null && index instanceof Str(String name, var _)) {
            found = method(object, name);
        }
        return found != null
                ? found
                : missing(
                        object, index instanceof Str(String name, var _) ? name : Repr.repr(index, rendering.budget()));
    }

    private static void refuseUndefined(Value object) {
        if (object instanceof Undefined undefined) {
            throw undefined.error();
        }
    }

    private static Undefined missing(Value object, String name) {
        return new Undefined(Types.article(object) + " has no '" + name + "'");
    }

    private @Nullable Value method(Value object, String name) {
        return switch (object) {
            case Namespace namespace -> namespace.get(name);
            case Callable callable -> callable.attribute(name);
            case Str text -> bind(text, textMethod(name), name);
            case Dict dict -> bind(dict, ContainerMethods.OF_DICTS.get(name), name);
            case Seq seq -> sequenceMethod(seq, name);
            default -> null;
        };
    }

    /** On a safe text the result is safe, and what is put into it is escaped. */
    private static @Nullable Method<Str> textMethod(String name) {
        Method<Str> method = TextMethods.BY_NAME.get(name);
        return method == null
                ? null
                : (self, arguments, rendering) -> self.safe()
                        ? Rendering.safe(method.call(self, escaped(name, arguments), rendering))
                        : method.call(self, arguments, rendering);
    }

    private static Arguments escaped(String method, Arguments arguments) {
        List<Value> positional = new ArrayList<>(arguments.positional());
        int first = method.equals("replace") ? 1 : method.equals("format") ? 0 : positional.size();
        for (int i = first; i < positional.size(); i++) {
            positional.set(
                    i, positional.get(i) instanceof Str text ? new Str(text.escaped(), true) : positional.get(i));
        }
        return new Arguments(positional, arguments.named());
    }

    private @Nullable Value sequenceMethod(Seq seq, String name) {
        if (seq.kind() == Seq.Kind.GROUP && (name.equals("grouper") || name.equals("list"))) {
            return seq.items().get(name.equals("grouper") ? 0 : 1);
        }
        return bind(seq, ContainerMethods.OF_SEQUENCES.get(name), name);
    }

    private <T extends Value> @Nullable Value bind(T self, @Nullable Method<T> method, String name) {
        return method == null
                ? null
                : new NamedFunction(name, arguments -> rendering.paid(method.call(self, arguments, rendering)));
    }

    private static @Nullable Value atPosition(Value object, Value index) {
        BigInteger position = Numbers.integer(index);
        if (position == null || position.bitLength() >= Integer.SIZE) {
            return null;
        }
        if (object instanceof Seq(var items, var kind) && kind.isIndexed()) {
            int at = fromEnd(position.intValue(), items.size());
            return at >= 0 && at < items.size() ? items.get(at) : null;
        }
        return object instanceof Str(String text, var _) ? character(text, position.intValue()) : null;
    }

    private static @Nullable Value character(String text, int position) {
        int length = CodePoints.length(text);
        int at = fromEnd(position, length);
        if (at < 0 || at >= length) {
            return null;
        }
        return new Str(Character.toString(text.codePointAt(CodePoints.offset(text, at))));
    }

    private static int fromEnd(int position, int length) {
        return position < 0 ? position + length : position;
    }
}
