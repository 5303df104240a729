package dev.foretoken.gateway.template.value;

import java.util.List;

/** Python's order: numbers by value, texts by code point, lists and tuples by their first difference. */
public final class Ordering {
    private Ordering() {}

    /**
     * Negative, zero or positive; 2 where NaN makes every comparison false.
     *
     * @throws TemplateError where the two have no order
     */
    public static int compare(Value a, Value b, Budget budget) {
        budget.step();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        if (a instanceof Str(String left, var _) && b instanceof Str(String right, var _)) {
            return CodePoints.compare(left, right);
        }
        if (a instanceof Seq left
                && b instanceof Seq right
                && left.kind().isTuple() == right.kind().isTuple()) {
            return items(left.items(), right.items(), budget);
        }
        if (a instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new TemplateError(Types.article(a) + " and " + Types.article(b) + " have no order");
    }

    private static int items(List<Value> a, List<Value> b, Budget budget) {
        budget.enter();
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (!Equality.of(a.get(i), b.get(i), budget)) {
                budget.leave();
                return compare(a.get(i), b.get(i), budget);
            }
        }
        budget.leave();
        return Integer.compare(a.size(), b.size());
    }
}
