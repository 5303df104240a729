package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.StateBudget;

/** Bounds the caches of a request that belongs to no stream: its caller chooses how many rows they have. */
final class OneRunBudget implements StateBudget {

    /** What a stream may take where no option says another number. */
    static final long MAX_BYTES = 256L << 20;

    private long taken;

    @Override
    public void change(String cache, long bytes) {
        if (bytes > MAX_BYTES - taken) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "cache '%s' would take %d bytes more than the %d that those of a request without a sequence id have, at most %d may be; ask for fewer rows, or open a stream"
                            .formatted(cache, bytes, taken, MAX_BYTES));
        }
        taken += bytes;
    }
}
