package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Signature;
import dev.foretoken.gateway.template.syntax.Statement;
import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro, or the body of a call block: gives what its statements write. Sees the names of where it was defined. */
record MacroFunction(String name, Signature signature, List<Statement> body, Scope definedIn, StatementRunner runner)
        implements Callable {
    private static final String CALLER = "caller";

    @Override
    public Value call(Arguments arguments) {
        Scope scope = new Scope(definedIn);
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        List<Signature.Parameter> parameters = signature.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            scope.set(parameters.get(i).name(), argument(i, arguments, named, scope));
        }
        Value caller = named.remove(CALLER);
        scope.set(CALLER, caller != null ? caller : new Undefined("no caller is defined"));
        extra(arguments.dropFirst(parameters.size()).positional(), named, scope);
        return new Str(runner.captured(body, scope));
    }

    @Override
    public @Nullable Value attribute(String attribute) {
        return switch (attribute) {
            case "name" -> new Str(name);
            case "arguments" ->
                new Seq(
                        signature.parameters().stream()
                                .<Value>map(parameter -> new Str(parameter.name()))
                                .toList(),
                        Seq.Kind.TUPLE);
            case "catch_varargs" -> Bool.of(signature.readsExtraPositional());
            case "catch_kwargs" -> Bool.of(signature.readsExtraNamed());
            case CALLER -> Bool.of(signature.readsCaller());
            default -> null;
        };
    }

    private Value argument(int index, Arguments arguments, Map<String, Value> named, Scope scope) {
        Signature.Parameter parameter = signature.parameters().get(index);
        Value byName = named.remove(parameter.name());
        if (index < arguments.positional().size()) {
            return arguments.positional().get(index);
        }
        if (byName != null) {
            return byName;
        }
        return parameter.fallback() == null
                ? new Undefined("the parameter '" + parameter.name() + "' was not given")
                : runner.evaluate(parameter.fallback(), scope);
    }

    private void extra(List<Value> positional, Map<String, Value> named, Scope scope) {
        if (!signature.readsExtraPositional() && !positional.isEmpty()) {
            throw new TemplateError("the macro '" + name + "' takes at most "
                    + signature.parameters().size() + " arguments");
        }
        if (!signature.readsExtraNamed() && !named.isEmpty()) {
            throw new TemplateError("the macro '" + name + "' takes no argument '"
                    + named.keySet().iterator().next() + "'");
        }
        scope.set("varargs", new Seq(positional, Seq.Kind.TUPLE));
        Map<Value, Value> kwargs = new LinkedHashMap<>();
        named.forEach((key, value) -> kwargs.put(new Str(key), value));
        scope.set("kwargs", new Dict(kwargs));
    }

    /** Without the scope, which may name this macro. */
    @Override
    public String toString() {
        return "macro " + name;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
