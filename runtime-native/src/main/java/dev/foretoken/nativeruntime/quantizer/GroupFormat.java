package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;

/**
 * Integers with a scale, and perhaps a zero point, for every output and group of consecutive inputs: {@code weight = scale * (code - zero)}.
 *
 * @param bits 4 or 8
 * @param group inputs of a group; 0: all of them
 * @param symmetric whether the zero point is the middle of the range everywhere
 * @param scales as they are stored
 */
record GroupFormat(int bits, int group, boolean symmetric, FloatType scales) {

    int groupSize(int columns) {
        return group == 0 ? columns : group;
    }

    int groups(int columns) {
        return columns / groupSize(columns);
    }

    /** The largest code; the smallest is 0. */
    int top() {
        return (1 << bits) - 1;
    }

    int middle() {
        return 1 << bits - 1;
    }

    /** Other readers of the format want whole groups. */
    void requireFits(MatrixRef whole) {
        int perWord = Integer.SIZE / bits;
        if (whole.columns() % groupSize(whole.columns()) != 0 || whole.columns() % perWord != 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s has %d inputs, which are not groups of %d; choose a smaller group, or channel"
                            .formatted(whole.tensor(), whole.columns(), groupSize(whole.columns())));
        }
        if (!symmetric && whole.rows() % perWord != 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s has %d outputs; zero points are stored %d in a word, so choose symmetric=true"
                            .formatted(whole.tensor(), whole.rows(), perWord));
        }
    }

    /** A scale as it comes back from the file; never 0. */
    float stored(double scale) {
        float rounded = switch (scales) {
            case F32 -> (float) scale;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) scale));
            case BF16 -> FloatType.roundToBf16((float) scale);
        };
        return rounded > 0 && Float.isFinite(rounded) ? rounded : 1;
    }
}
