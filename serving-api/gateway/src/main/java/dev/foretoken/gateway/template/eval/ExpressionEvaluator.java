package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.CallArguments;
import dev.foretoken.gateway.template.syntax.Comparator;
import dev.foretoken.gateway.template.syntax.Expression;
import dev.foretoken.gateway.template.syntax.FilterStep;
import dev.foretoken.gateway.template.syntax.Operator;
import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Ordering;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.TextBuilder;
import dev.foretoken.gateway.template.value.Truth;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives expressions their values. */
final class ExpressionEvaluator {
    private static final int INCOMPARABLE = 2;

    private final Rendering rendering;

    ExpressionEvaluator(Rendering rendering) {
        this.rendering = rendering;
    }

    Value evaluate(Expression expression, Scope scope) {
        rendering.budget().step();
        rendering.budget().enter();
        try {
            return valueOf(expression, scope);
        } catch (TemplateError e) {
            throw e.at(expression.line());
        } finally {
            rendering.budget().leave();
        }
    }

    boolean isTrue(Expression expression, Scope scope) {
        return Truth.of(evaluate(expression, scope));
    }

    private Value valueOf(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant(Value value, var _) -> value;
            case Expression.Name(String name, var _) -> lookUp(name, scope);
            case Expression.Listing(var items, boolean tuple, var _) ->
                new Seq(all(items, scope), tuple ? Seq.Kind.TUPLE : Seq.Kind.LIST);
            case Expression.Mapping mapping -> mapping(mapping, scope);
            case Expression.Signed(var operand, boolean negative, var _) -> signed(evaluate(operand, scope), negative);
            case Expression.Not(var operand, var _) -> Bool.of(!isTrue(operand, scope));
            case Expression.And(var left, var right, var _) -> {
                Value first = evaluate(left, scope);
                yield Truth.of(first) ? evaluate(right, scope) : first;
            }
            case Expression.Or(var left, var right, var _) -> {
                Value first = evaluate(left, scope);
                yield Truth.of(first) ? first : evaluate(right, scope);
            }
            case Expression.Arithmetic(var operator, var left, var right, var _) ->
                BinaryOperation.of(operator, evaluate(left, scope), evaluate(right, scope), rendering);
            case Expression.Comparison comparison -> Bool.of(holds(comparison, scope));
            case Expression.Concatenation(var parts, var _) -> concatenation(parts, scope);
            case Expression.Attribute(var object, String name, var _) ->
                rendering.access().attribute(evaluate(object, scope), name);
            case Expression.Item(var object, var index, var _) ->
                rendering.access().item(evaluate(object, scope), evaluate(index, scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope, Map.of());
            case Expression.Filtered(var input, var filter, var _) -> filtered(evaluate(input, scope), filter, scope);
            case Expression.Test(var subject, String name, var arguments, var _) ->
                Bool.of(rendering.test(name, evaluate(subject, scope), arguments(arguments, scope)));
            case Expression.Conditional(var condition, var then, var otherwise, var _) ->
                isTrue(condition, scope)
                        ? evaluate(then, scope)
                        : otherwise == null
                                ? new Undefined("the condition is false and there is no 'else'")
                                : evaluate(otherwise, scope);
        };
    }

    private Value signed(Value operand, boolean negative) {
        if (negative && operand instanceof Flt(double number)) {
            return new Flt(-number);
        }
        return BinaryOperation.of(negative ? Operator.SUBTRACT : Operator.ADD, Int.of(0), operand, rendering);
    }

    private Value lookUp(String name, Scope scope) {
        Value found = scope.get(name);
        if (found == null) {
            found = rendering.globals().get(name);
        }
        return found != null ? found : new Undefined("'" + name + "' is undefined");
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Value mapping(Expression.Mapping mapping, Scope scope) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (Expression.Entry entry : mapping.entries()) {
            entries.put(evaluate(entry.key(), scope), evaluate(entry.value(), scope));
        }
        return new Dict(entries);
    }

    private boolean holds(Expression.Comparison comparison, Scope scope) {
        Value left = evaluate(comparison.first(), scope);
        for (Expression.Step step : comparison.steps()) {
            Value right = evaluate(step.right(), scope);
            if (!holds(step.comparator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean holds(Comparator comparator, Value a, Value b) {
        return switch (comparator) {
            case EQUAL -> rendering.equal(a, b);
            case NOT_EQUAL -> !rendering.equal(a, b);
            case IN -> BinaryOperation.contains(b, a, rendering);
            case NOT_IN -> !BinaryOperation.contains(b, a, rendering);
            case LESS -> order(a, b) < 0;
            case LESS_OR_EQUAL -> order(a, b) <= 0;
            case GREATER -> order(b, a) < 0;
            case GREATER_OR_EQUAL -> order(b, a) <= 0;
        };
    }

    private int order(Value a, Value b) {
        int order = Ordering.compare(a, b, rendering.budget());
        return order == INCOMPARABLE ? INCOMPARABLE : Integer.signum(order);
    }

    private Value concatenation(List<Expression> parts, Scope scope) {
        TextBuilder text = new TextBuilder(rendering.budget());
        for (Expression part : parts) {
            text.append(rendering.str(evaluate(part, scope)));
        }
        return new Str(text.toString());
    }

    private Value slice(Expression.Slice slice, Scope scope) {
        Value object = evaluate(slice.object(), scope);
        Slicing slicing =
                new Slicing(bound(slice.start(), scope), bound(slice.stop(), scope), bound(slice.step(), scope));
        return rendering.paid(slicing.of(object));
    }

    private Value bound(@Nullable Expression bound, Scope scope) {
        return bound == null ? None.NONE : evaluate(bound, scope);
    }

    Value filtered(Value input, FilterStep filter, Scope scope) {
        try {
            return rendering.filter(filter.name(), input, arguments(filter.arguments(), scope));
        } catch (TemplateError e) {
            throw e.at(filter.line());
        }
    }

    /** @param extra named arguments that are not written in the call, such as {@code caller} */
    Value call(Expression.Call call, Scope scope, Map<String, Value> extra) {
        Value callee = evaluate(call.callee(), scope);
        Arguments arguments = arguments(call.arguments(), scope);
        if (!extra.isEmpty()) {
            Map<String, Value> named = new LinkedHashMap<>(arguments.named());
            named.putAll(extra);
            arguments = new Arguments(arguments.positional(), named);
        }
        return switch (callee) {
            case Callable function -> function.call(arguments);
            case Undefined undefined -> throw undefined.error();
            default -> throw new TemplateError(Types.article(callee) + " cannot be called");
        };
    }

    private Arguments arguments(CallArguments written, Scope scope) {
        if (written == CallArguments.NONE) {
            return Arguments.NONE;
        }
        List<Value> positional = all(written.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        written.named().forEach((name, expression) -> named.put(name, evaluate(expression, scope)));
        if (written.spread() != null) {
            positional.addAll(Iteration.of(evaluate(written.spread(), scope)));
        }
        if (written.spreadNamed() != null) {
            spread(evaluate(written.spreadNamed(), scope), named);
        }
        return new Arguments(positional, named);
    }

    private void spread(Value value, Map<String, Value> named) {
        if (!(value instanceof Dict(var entries))) {
            throw new TemplateError("'**' needs a dict, found " + Types.article(value));
        }
        entries.forEach((key, entry) -> named.put(rendering.str(key), entry));
    }
}
