package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Operator;
import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters that give numbers. */
final class NumberFilters {
    static final Map<String, Filter> BY_NAME = Map.of(
            "int", NumberFilters::integer,
            "float", NumberFilters::real,
            "abs", (in, args, r) -> absolute(in),
            "round", NumberFilters::round,
            "sum", NumberFilters::sum);

    private static final int MAX_PRECISION = 300;

    private NumberFilters() {}

    private static Value integer(Value input, Arguments arguments, Rendering rendering) {
        if (input instanceof Undefined undefined) {
            throw undefined.error();
        }
        Value fallback = arguments.get(0, "default", Int.of(0));
        BigInteger parsed = input instanceof Str(String text, var _)
                ? parse(text.strip().replace("_", ""), arguments.integer(1, "base", 10))
                : Numbers.integer(input);
        if (parsed != null) {
            return new Int(parsed);
        }
        Double real = parseReal(input);
        return real == null || !Double.isFinite(real) ? fallback : new Int(new BigDecimal(real).toBigInteger());
    }

    private static @Nullable BigInteger parse(String digits, int base) {
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        boolean prefixed = !prefix.isEmpty() && digits.regionMatches(true, 0, prefix, 0, 2);
        try {
            return digits.length() > Int.MAX_BITS
                    ? null
                    : new BigInteger(prefixed ? digits.substring(2) : digits, base);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Value real(Value input, Arguments arguments, Rendering rendering) {
        if (input instanceof Undefined undefined) {
            throw undefined.error();
        }
        Double real = parseReal(input);
        return real == null ? arguments.get(0, "default", new Flt(0)) : new Flt(real);
    }

    private static @Nullable Double parseReal(Value input) {
        if (Numbers.isNumber(input)) {
            return Numbers.toDouble(input);
        }
        if (!(input instanceof Str(String text, var _))
                || !text.strip().matches("[+-]?(\\d[\\d_]*\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return null;
        }
        return Double.valueOf(text.strip().replace("_", ""));
    }

    private static Value absolute(Value input) {
        BigInteger integer = Numbers.integer(input);
        return integer != null ? new Int(integer.abs()) : new Flt(Math.abs(Numbers.toDouble(input)));
    }

    private static Value round(Value input, Arguments arguments, Rendering rendering) {
        int precision = arguments.integer(0, "precision", 0);
        if (Math.abs((long) precision) > MAX_PRECISION) {
            throw new TemplateError("round to " + precision + " digits, at most " + MAX_PRECISION + " are possible");
        }
        String method = rendering.str(arguments.get(1, "method", new Str("common")));
        double number = Numbers.toDouble(input);
        return switch (method) {
            case "common" -> common(input, precision);
            case "ceil" -> new Flt(Math.ceil(number * Math.pow(10, precision)) / Math.pow(10, precision));
            case "floor" -> new Flt(Math.floor(number * Math.pow(10, precision)) / Math.pow(10, precision));
            default -> throw new TemplateError("round's method is '" + method + "', expected common, ceil or floor");
        };
    }

    /** Half to even on the exact value, as Python rounds. */
    private static Value common(Value input, int precision) {
        BigInteger integer = Numbers.integer(input);
        if (integer != null) {
            return new Int(new BigDecimal(integer)
                    .setScale(Math.min(0, precision), RoundingMode.HALF_EVEN)
                    .toBigInteger());
        }
        double number = Numbers.toDouble(input);
        return Double.isFinite(number)
                ? new Flt(new BigDecimal(number)
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .doubleValue())
                : input;
    }

    private static Value sum(Value input, Arguments arguments, Rendering rendering) {
        ItemAttribute attribute = ItemAttribute.of(arguments.find(0, "attribute"), rendering);
        Value total = arguments.get(1, "start", Int.of(0));
        for (Value item : Iteration.of(input)) {
            Value next = attribute.of(item);
            if (!Numbers.isNumber(next) && !(next instanceof Seq)) {
                throw new TemplateError("sum cannot add " + Types.article(next));
            }
            total = BinaryOperation.of(Operator.ADD, total, next, rendering);
        }
        return total;
    }
}
