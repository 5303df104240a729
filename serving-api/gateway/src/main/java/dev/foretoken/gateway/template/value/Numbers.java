package dev.foretoken.gateway.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers of both kinds; truth values count as 0 and 1. */
public final class Numbers {
    private static final int MAX_POINT_DIGITS = 16;
    private static final int MIN_POINT_EXPONENT = -4;

    private Numbers() {}

    public static boolean isNumber(Value value) {
        return value instanceof Int || value instanceof Flt || value instanceof Bool;
    }

    /** The integer, or null if the value is none. */
    public static @Nullable BigInteger integer(Value value) {
        return switch (value) {
            case Int(BigInteger number) -> number;
            case Bool(boolean truth) -> truth ? BigInteger.ONE : BigInteger.ZERO;
            case Flt _, None _, Undefined _, Str _, Seq _, Dict _, Namespace _, Callable _ -> null;
        };
    }

    public static double toDouble(Value value) {
        if (value instanceof Flt(double number)) {
            return number;
        }
        BigInteger integer = integer(value);
        if (integer == null) {
            throw new TemplateError("a number is needed, found " + Types.article(value));
        }
        return integer.doubleValue();
    }

    /** A position or count; huge values are cut to the int range, as slices allow. */
    public static int toIndex(Value value) {
        BigInteger integer = integer(value);
        if (integer == null) {
            throw new TemplateError("an integer is needed, found " + Types.article(value));
        }
        return integer.bitLength() < Integer.SIZE
                ? integer.intValue()
                : integer.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** Order of two numbers, exact also between integers and floats; 2 if one is not a number at all (NaN). */
    static int compare(Value a, Value b) {
        BigInteger left = integer(a);
        BigInteger right = integer(b);
        if (left != null && right != null) {
            return left.compareTo(right);
        }
        double x = toDouble(a);
        double y = toDouble(b);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return 2;
        }
        if (Double.isInfinite(x) || Double.isInfinite(y)) {
            return Double.compare(x, y);
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Value value) {
        BigInteger integer = integer(value);
        return integer != null ? new BigDecimal(integer) : new BigDecimal(toDouble(value));
    }

    /** Python's shortest text of a float: {@code 1.0}, {@code 0.1}, {@code 1e+16}, {@code inf}. */
    public static String text(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        String sign = number < 0 || 1 / number < 0 ? "-" : "";
        if (Double.isInfinite(number)) {
            return sign + "inf";
        }
        if (number == 0) {
            return sign + "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        return sign
                + (exponent < MIN_POINT_EXPONENT || exponent >= MAX_POINT_DIGITS
                        ? scientific(decimal.unscaledValue().toString(), exponent)
                        : decimal.scale() <= 0 ? decimal.toPlainString() + ".0" : decimal.toPlainString());
    }

    private static String scientific(String digits, int exponent) {
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        int size = Math.abs(exponent);
        return mantissa + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
    }
}
