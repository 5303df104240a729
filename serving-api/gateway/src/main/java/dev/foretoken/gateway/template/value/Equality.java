package dev.foretoken.gateway.template.value;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code ==}: numbers by value, lists and dicts by content, a list never equals a tuple. */
public final class Equality {
    private Equality() {}

    public static boolean of(Value a, Value b, Budget budget) {
        budget.step();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b) == 0;
        }
        if (a instanceof Seq left && b instanceof Seq right) {
            return left == right || sameSequenceType(left, right) && items(left.items(), right.items(), budget);
        }
        if (a instanceof Dict(var left) && b instanceof Dict(var right)) {
            return left.size() == right.size() && entries(left, right, budget);
        }
        return a instanceof Undefined && b instanceof Undefined || a.equals(b);
    }

    private static boolean sameSequenceType(Seq a, Seq b) {
        return a.kind().isTuple() ? b.kind().isTuple() : a.kind() == b.kind() && a.kind() != Seq.Kind.GENERATOR;
    }

    private static boolean items(List<Value> a, List<Value> b, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        budget.enter();
        Iterator<Value> other = b.iterator();
        for (Value item : a) {
            if (!of(item, other.next(), budget)) {
                budget.leave();
                return false;
            }
        }
        budget.leave();
        return true;
    }

    private static boolean entries(Map<Value, Value> a, Map<Value, Value> b, Budget budget) {
        budget.enter();
        for (Map.Entry<Value, Value> entry : a.entrySet()) {
            Value other = b.get(entry.getKey());
            if (other == null || !of(entry.getValue(), other, budget)) {
                budget.leave();
                return false;
            }
        }
        budget.leave();
        return true;
    }
}
