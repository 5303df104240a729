package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as Python's formats write them. */
final class NumberText {
    private static final int DEFAULT_DIGITS = 6;

    private NumberText() {}

    /** @param digits precision, or -1 where none was given */
    static String of(Value value, char type, int digits) {
        if (!Numbers.isNumber(value)) {
            throw new TemplateError("the format '" + type + "' needs a number, found " + Types.article(value));
        }
        return switch (type) {
            case 'd' -> integer(value).toString();
            case 'x' -> integer(value).toString(16);
            case 'X' -> integer(value).toString(16).toUpperCase(Locale.ROOT);
            case 'o' -> integer(value).toString(8);
            case 'b' -> integer(value).toString(2);
            case 'c' -> Character.toString(integer(value).intValueExact());
            case 'f', 'F', 'e', 'E', 'g', 'G', '%' -> real(Numbers.toDouble(value), type, digits);
            default -> throw new TemplateError("the format '" + type + "' is unknown");
        };
    }

    private static BigInteger integer(Value value) {
        return value instanceof Flt(double real)
                ? new BigDecimal(real).toBigInteger()
                : value instanceof Bool(boolean truth) ? BigInteger.valueOf(truth ? 1 : 0) : whole(value);
    }

    private static BigInteger whole(Value value) {
        BigInteger integer = Numbers.integer(value);
        if (integer == null) {
            throw new TemplateError("an integer is needed, found " + Types.article(value));
        }
        return integer;
    }

    private static String real(double number, char type, int digits) {
        if (!Double.isFinite(number)) {
            return Numbers.text(number);
        }
        int precision = digits < 0 ? DEFAULT_DIGITS : digits;
        String text = switch (Character.toLowerCase(type)) {
            case 'f' -> fixed(number, precision);
            case '%' -> fixed(number * 100, precision) + "%";
            case 'e' -> scientific(number, precision);
            default -> general(number, Math.max(1, precision));
        };
        return Character.isUpperCase(type) ? text.toUpperCase(Locale.ROOT) : text;
    }

    private static String fixed(double number, int precision) {
        String text = new BigDecimal(Math.abs(number))
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        return (number < 0 || 1 / number < 0 ? "-" : "") + text;
    }

    private static String scientific(double number, int precision) {
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = number == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        String mantissa = rounded.movePointLeft(exponent)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        return mantissa + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    /** Fixed or scientific by size, without trailing zeros. */
    private static String general(double number, int precision) {
        if (number == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(number)
                .round(new MathContext(precision, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent < -4 || exponent >= precision
                ? scientific(number, rounded.precision() - 1)
                : rounded.toPlainString();
    }
}
