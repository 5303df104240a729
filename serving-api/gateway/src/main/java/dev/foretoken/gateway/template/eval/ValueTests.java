package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Callable;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.Ordering;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Every test a template can use. */
final class ValueTests {
    static final Map<String, ValueTest> BY_NAME = all();

    private ValueTests() {}

    private static Map<String, ValueTest> all() {
        Map<String, ValueTest> tests = new HashMap<>();
        addKinds(tests);
        addOrders(tests);
        tests.put("odd", (v, args, r) -> remainder(v, BigInteger.TWO).signum() != 0);
        tests.put("even", (v, args, r) -> remainder(v, BigInteger.TWO).signum() == 0);
        tests.put("divisibleby", ValueTests::isDivisible);
        tests.put("in", (v, args, r) -> BinaryOperation.contains(args.require(0, "seq"), v, r));
        tests.put("sameas", (v, args, r) -> isSame(v, args.require(0, "other")));
        tests.put("lower", (v, args, r) -> Casing.isAll(r.str(v), false));
        tests.put("upper", (v, args, r) -> Casing.isAll(r.str(v), true));
        tests.put("filter", (v, args, r) -> Filters.BY_NAME.containsKey(r.str(v)));
        tests.put("test", (v, args, r) -> BY_NAME.containsKey(r.str(v)));
        return tests;
    }

    private static void addKinds(Map<String, ValueTest> tests) {
        add(tests, "defined", v -> !(v instanceof Undefined));
        add(tests, "undefined", v -> v instanceof Undefined);
        add(tests, "none", v -> v == None.NONE);
        add(tests, "boolean", v -> v instanceof Bool);
        add(tests, "true", v -> v.equals(Bool.TRUE));
        add(tests, "false", v -> v.equals(Bool.FALSE));
        add(tests, "string", v -> v instanceof Str);
        add(tests, "number", Numbers::isNumber);
        add(tests, "integer", v -> v instanceof Int);
        add(tests, "float", v -> v instanceof Flt);
        add(tests, "mapping", v -> v instanceof Dict);
        add(tests, "sequence", ValueTests::isSequence);
        add(tests, "iterable", Iteration::isPossible);
        add(tests, "callable", v -> v instanceof Callable || v instanceof Undefined);
        add(tests, "escaped", v -> v instanceof Str text && text.safe());
    }

    private static void addOrders(Map<String, ValueTest> tests) {
        ValueTest equal = (v, args, r) -> r.equal(v, args.require(0, "other"));
        ValueTest different = (v, args, r) -> !equal.holds(v, args, r);
        for (String name : List.of("eq", "equalto", "==")) {
            tests.put(name, equal);
        }
        for (String name : List.of("ne", "!=")) {
            tests.put(name, different);
        }
        addOrder(tests, order -> order < 0, "lt", "lessthan", "<");
        addOrder(tests, order -> order <= 0, "le", "<=");
        addOrder(tests, order -> order == 1, "gt", "greaterthan", ">");
        addOrder(tests, order -> order == 0 || order == 1, "ge", ">=");
    }

    private static void add(Map<String, ValueTest> tests, String name, Predicate<Value> test) {
        tests.put(name, (value, arguments, rendering) -> test.test(value));
    }

    private static void addOrder(Map<String, ValueTest> tests, IntPredicate holds, String... names) {
        for (String name : names) {
            tests.put(name, (value, arguments, rendering) -> {
                int order = Ordering.compare(value, arguments.require(0, "other"), rendering.budget());
                return holds.test(order == 2 && Numbers.isNumber(value) ? 2 : Integer.signum(order));
            });
        }
    }

    private static boolean isSequence(Value value) {
        return value instanceof Str
                || value instanceof Dict
                || value instanceof Undefined
                || value instanceof Seq seq && seq.kind().isIndexed();
    }

    private static BigInteger remainder(Value value, BigInteger divisor) {
        BigInteger integer = Numbers.integer(value);
        if (integer == null) {
            throw new TemplateError("the test needs an integer");
        }
        return integer.mod(divisor.abs());
    }

    private static boolean isDivisible(Value value, Arguments arguments, Rendering rendering) {
        BigInteger divisor = Numbers.integer(arguments.require(0, "num"));
        if (divisor == null || divisor.signum() == 0) {
            throw new TemplateError("divisibleby needs an integer other than 0");
        }
        return remainder(value, divisor).signum() == 0;
    }

    private static boolean isSame(Value a, Value b) {
        boolean compared = a instanceof Bool || a instanceof Int || a instanceof Str;
        return a == b || compared && a.equals(b);
    }
}
