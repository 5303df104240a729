package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Operator;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigInteger;

/** Arithmetic with Python's rules: {@code /} gives a float, {@code //} rounds down, {@code %} has the divisor's sign. */
final class NumberOperation {
    private NumberOperation() {}

    static Value of(Operator operator, Value a, Value b) {
        BigInteger left = Numbers.integer(a);
        BigInteger right = Numbers.integer(b);
        return left != null && right != null
                ? integers(operator, left, right)
                : floats(operator, Numbers.toDouble(a), Numbers.toDouble(b));
    }

    private static Value integers(Operator operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case ADD -> new Int(a.add(b));
            case SUBTRACT -> new Int(a.subtract(b));
            case MULTIPLY -> new Int(a.multiply(b));
            case DIVIDE -> new Flt(a.doubleValue() / divisor(b).doubleValue());
            case FLOOR_DIVIDE -> new Int(floor(a, divisor(b)));
            case MODULO -> new Int(a.subtract(floor(a, divisor(b)).multiply(b)));
            case POWER -> power(a, b);
        };
    }

    private static BigInteger floor(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return below ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static BigInteger divisor(BigInteger b) {
        if (b.signum() == 0) {
            throw new TemplateError("a division by zero");
        }
        return b;
    }

    private static Value power(BigInteger a, BigInteger b) {
        if (b.signum() < 0) {
            return new Flt(Math.pow(a.doubleValue(), b.doubleValue()));
        }
        boolean trivial = a.abs().bitLength() <= 1;
        if (!trivial && (b.bitLength() > 16 || (long) a.bitLength() * b.intValue() > 2L * Int.MAX_BITS)) {
            throw new TemplateError("a power has more than " + Int.MAX_BITS + " bits");
        }
        return new Int(trivial ? a.pow(b.testBit(0) ? 1 : b.signum() * 2) : a.pow(b.intValue()));
    }

    private static Value floats(Operator operator, double a, double b) {
        return new Flt(
                switch (operator) {
                    case ADD -> a + b;
                    case SUBTRACT -> a - b;
                    case MULTIPLY -> a * b;
                    case DIVIDE -> a / divisor(b);
                    case FLOOR_DIVIDE -> Math.floor(a / divisor(b));
                    case MODULO -> modulo(a, divisor(b));
                    case POWER -> Math.pow(a, b);
                });
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    private static double divisor(double b) {
        if (b == 0) {
            throw new TemplateError("a division by zero");
        }
        return b;
    }
}
