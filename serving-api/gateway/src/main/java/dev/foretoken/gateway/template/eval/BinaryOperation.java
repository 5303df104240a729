package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Operator;
import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The operators on values that are no numbers: joining, repeating, formatting. */
final class BinaryOperation {
    private BinaryOperation() {}

    static Value of(Operator operator, Value a, Value b, Rendering rendering) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return NumberOperation.of(operator, a, b);
        }
        refuseUndefined(a);
        if (operator == Operator.MODULO && a instanceof Str format) {
            return rendering.paid(new PercentFormat(format, rendering).apply(b));
        }
        refuseUndefined(b);
        return switch (operator) {
            case ADD -> add(a, b, rendering);
            case MULTIPLY ->
                Numbers.integer(a) == null ? repeat(a, b, rendering.budget()) : repeat(b, a, rendering.budget());
            case SUBTRACT, DIVIDE, FLOOR_DIVIDE, MODULO, POWER -> throw unsupported(operator, a, b);
        };
    }

    private static void refuseUndefined(Value value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
    }

    private static Value add(Value a, Value b, Rendering rendering) {
        if (a instanceof Str left && b instanceof Str right) {
            boolean safe = left.safe() || right.safe();
            String text = safe ? left.escaped() + right.escaped() : left.value() + right.value();
            return rendering.paid(new Str(text, safe));
        }
        if (a instanceof Seq left && b instanceof Seq right && addable(left, right)) {
            List<Value> items = new ArrayList<>(left.items());
            items.addAll(right.items());
            return rendering.paid(new Seq(items, left.kind().isTuple() ? Seq.Kind.TUPLE : Seq.Kind.LIST));
        }
        throw unsupported(Operator.ADD, a, b);
    }

    private static boolean addable(Seq a, Seq b) {
        return a.kind().isTuple() ? b.kind().isTuple() : a.kind() == Seq.Kind.LIST && b.kind() == Seq.Kind.LIST;
    }

    private static Value repeat(Value item, Value count, Budget budget) {
        BigInteger times = Numbers.integer(count);
        if (times == null || !(item instanceof Str || item instanceof Seq)) {
            throw unsupported(Operator.MULTIPLY, item, count);
        }
        int repeats = Math.max(0, Numbers.toIndex(count));
        if (item instanceof Str(String text, boolean safe)) {
            budget.text((long) text.length() * repeats);
            return new Str(text.repeat(text.isEmpty() ? 0 : repeats), safe);
        }
        List<Value> once = ((Seq) item).items();
        budget.steps((long) once.size() * repeats);
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < repeats && !once.isEmpty(); i++) {
            items.addAll(once);
        }
        return Seq.list(items);
    }

    private static TemplateError unsupported(Operator operator, Value a, Value b) {
        return new TemplateError(
                "'" + operator.sign() + "' does not combine " + Types.article(a) + " and " + Types.article(b));
    }

    /** {@code needle in haystack}. */
    static boolean contains(Value haystack, Value needle, Rendering rendering) {
        if (haystack instanceof Str(String text, var _)) {
            if (needle instanceof Str(String part, var _)) {
                return text.contains(part);
            }
            throw new TemplateError("'in' looks for a string in a string, found " + Types.article(needle));
        }
        if (haystack instanceof Dict dict) {
            return dict.get(needle) != null;
        }
        for (Value item : Iteration.of(haystack)) {
            if (rendering.equal(item, needle)) {
                return true;
            }
        }
        return false;
    }
}
