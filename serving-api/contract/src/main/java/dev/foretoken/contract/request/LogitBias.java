package dev.foretoken.contract.request;

/** Added to the logits of single tokens before anything else. {@code ids} and {@code values} have equal length. */
public record LogitBias(TokenIds ids, float[] values) {
    public static final LogitBias NONE = new LogitBias(TokenIds.EMPTY, new float[0]);

    public LogitBias {
        if (ids.size() != values.length) {
            throw new IllegalArgumentException(ids.size() + " ids but " + values.length + " values");
        }
    }

    public boolean isNone() {
        return values.length == 0;
    }
}
