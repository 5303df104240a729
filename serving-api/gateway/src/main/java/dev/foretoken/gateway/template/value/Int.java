package dev.foretoken.gateway.template.value;

import java.math.BigInteger;

/** An integer without a fixed width, but of at most {@link #MAX_BITS} bits. */
public record Int(BigInteger value) implements Value {
    /** Far beyond any id or count; keeps one multiplication cheap. */
    public static final int MAX_BITS = 4096;

    public Int {
        if (value.bitLength() > MAX_BITS) {
            throw new TemplateError(
                    "an integer has " + value.bitLength() + " bits, at most " + MAX_BITS + " are allowed");
        }
    }

    public static Int of(long value) {
        return new Int(BigInteger.valueOf(value));
    }
}
