package dev.foretoken.registry.gate;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Quoted;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One number that a gate may limit. What compares with the reference variant holds for that variant itself. */
public enum GateLimit {
    /** perplexity / the reference's perplexity - 1; 0.02 allows 2 % more. */
    MAX_PERPLEXITY_INCREASE(false, true, 0, 1000),
    /** Nats per token from the reference's distributions. */
    MAX_KL(false, true, 0, 1000),
    /** Share of positions with the reference's likeliest token, 0 to 1. */
    MIN_TOP1_AGREEMENT(true, true, 0, 1),
    /**
     * The lower bound of the 95 % interval of the share of right answers / the reference's share (its point estimate). A variant with few
     * questions asked has a low bound, so that luck passes no gate; it also means that an equal variant falls below 1, by how much depends on
     * the number of questions.
     */
    MIN_QA_RETENTION(true, true, 0, 1),
    /** Bytes of the variant's files. */
    MAX_BYTES(false, false, 0, Long.MAX_VALUE),
    /** Bytes of weights and work space when loaded. */
    MAX_RESIDENT_BYTES(false, false, 0, Long.MAX_VALUE),
    /** Bytes of the cache for each token. */
    MAX_KV_BYTES_PER_TOKEN(false, false, 0, Long.MAX_VALUE),
    /** Tokens per second on the device class that measured. */
    MIN_DECODE_TOKENS_PER_SECOND(true, false, 0, 1e9),
    ;

    private final boolean least;
    private final boolean relative;
    private final double low;
    private final double high;

    GateLimit(boolean least, boolean relative, double low, double high) {
        this.least = least;
        this.relative = relative;
        this.low = low;
        this.high = high;
    }

    /** As people write it: {@code max-kl}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the number is compared with the reference variant's. */
    boolean relative() {
        return relative;
    }

    /** Whether {@code measured} keeps the limit; a number that is none keeps no limit. */
    boolean keeps(double measured, double bound) {
        return least ? measured >= bound : measured <= bound;
    }

    /** "below" or "above", for what fails. */
    String wrongSide() {
        return least ? "below" : "above";
    }

    double require(double bound) {
        if (!(bound >= low && bound <= high)) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "gate %s=%s, must be in [%s, %s]".formatted(text(), bound, number(low), number(high)));
        }
        return bound;
    }

    static GateLimit parse(String text) {
        return Stream.of(values())
                .filter(limit -> limit.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "a gate has no limit " + Quoted.of(text) + "; there are " + String.join(", ", names())));
    }

    private static List<String> names() {
        return Stream.of(values()).map(GateLimit::text).toList();
    }

    /** Whole numbers without a fraction. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.4g", value);
    }
}
