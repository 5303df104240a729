package dev.foretoken.nativeruntime.quantizer;

import org.jspecify.annotations.Nullable;

/**
 * Finds scale and zero point of a group.
 *
 * @param shrinks how many smaller ranges are tried beside the one that holds every weight; 0: none. The one with the least squared error is
 *     taken, every weight's error multiplied by how much its input counts
 */
record LevelSearch(GroupFormat format, int shrinks) {

    private static final double SMALLEST = 0.4;

    /** What holds every weight. */
    static LevelSearch range(GroupFormat format) {
        return new LevelSearch(format, 0);
    }

    /** {@code importance}: of each input, of the whole row as the weights are; null: all count the same. */
    CodedMatrix.Level find(float[] row, int from, int to, float @Nullable [] importance) {
        float least = 0;
        float most = 0;
        for (int i = from; i < to; i++) {
            least = Math.min(least, row[i]);
            most = Math.max(most, row[i]);
        }
        CodedMatrix.Level best = level(least, most, 1);
        double bestError = shrinks == 0 ? 0 : error(best, row, from, to, importance);
        for (int i = 1; i <= shrinks; i++) {
            CodedMatrix.Level tried = level(least, most, 1 - (1 - SMALLEST) * i / shrinks);
            double error = error(tried, row, from, to, importance);
            if (error < bestError) {
                best = tried;
                bestError = error;
            }
        }
        return best;
    }

    /** The range as compressed-tensors has it: of symmetric codes half a step wider than the largest. */
    private CodedMatrix.Level level(float least, float most, double part) {
        if (format.symmetric()) {
            double scale = part * Math.max(-least, most) / (format.top() / 2.0);
            return new CodedMatrix.Level(format.stored(scale), format.middle());
        }
        float scale = format.stored(part * ((double) most - least) / format.top());
        return new CodedMatrix.Level(scale, (int) Math.clamp(Math.rint(-part * least / scale), 0, format.top()));
    }

    private double error(CodedMatrix.Level level, float[] row, int from, int to, float @Nullable [] importance) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            float missing = row[i] - level.weight(level.code(row[i], format.top()));
            sum += (double) missing * missing * (importance == null ? 1 : importance[i]);
        }
        return sum;
    }
}
