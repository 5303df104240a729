package dev.foretoken.contract.prefix;

import org.jspecify.annotations.Nullable;

/** 128 bits that stand for a block of tokens and everything before it, within one {@link PrefixScope}. */
public record PrefixKey(long high, long low) {

    /** Written out, as {@link #hashCode}, for every block of every prompt is looked up at every engine that may hold it. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PrefixKey key && key.high == high && key.low == low;
    }

    /** Some of the bits: they are random. */
    @Override
    public int hashCode() {
        return (int) high;
    }
}
