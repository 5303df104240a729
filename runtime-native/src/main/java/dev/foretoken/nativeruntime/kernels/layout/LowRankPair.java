package dev.foretoken.nativeruntime.kernels.layout;

/**
 * {@code scale * up (down x)}.
 *
 * @param down [rank, inputs]
 * @param up [outputs, rank], F32 or BF16
 */
public record LowRankPair(WeightMatrix down, DensePanels up, float scale) {
    public LowRankPair {
        if (up.columns() != down.rows()) {
            throw new IllegalArgumentException(
                    "up has %d columns, down has %d rows".formatted(up.columns(), down.rows()));
        }
        if (up.type() == FloatType.F16) {
            throw new IllegalArgumentException("up is F16, must be F32 or BF16");
        }
    }

    public int rank() {
        return up.columns();
    }

    public long bytes() {
        return down.bytes() + up.bytes();
    }
}
