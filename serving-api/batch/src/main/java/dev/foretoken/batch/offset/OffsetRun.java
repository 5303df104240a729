package dev.foretoken.batch.offset;

/**
 * Offsets that are answered, without a gap.
 *
 * @param first of them
 * @param end first offset behind them
 */
record OffsetRun(long first, long end) {

    OffsetRun {
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException("a run from " + first + " to before " + end + " holds no offset");
        }
    }
}
