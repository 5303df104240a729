package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far drafts lead hidden vectors astray, block after block (OPTIN, Khaki 2024): the sum over all blocks of the mean squared distance
 * behind them, in parts of the vectors' square. Their plans must have as many sublayers as the base.
 */
final class Trajectory {

    private final Reading reading;
    private final Finished finished;
    private final List<Integer> ends;
    private @Nullable HiddenVectors original;

    Trajectory(Reading reading, Finished finished) {
        this.reading = reading;
        this.finished = finished;
        this.ends = Block.of(reading.job().plan()).stream().map(Block::end).toList();
    }

    /** {@code stage}: names the measurement within the build. */
    double error(String stage, String doing, Draft changed) {
        return finished.numbers("trajectory-" + stage, () -> new double[] {error(doing, changed)})[0];
    }

    private double error(String doing, Draft changed) {
        HiddenVectors reference = original;
        if (reference == null) {
            reference = read("reading as the base", Draft.of(reading.job()));
            original = reference;
        }
        HiddenVectors other = read(doing, changed);
        double sum = 0;
        for (int end : ends) {
            sum += Likeness.meanError(reference.at(end), other.at(end), reference.width());
        }
        return sum;
    }

    private HiddenVectors read(String doing, Draft draft) {
        HiddenVectors vectors =
                new HiddenVectors(ends, reading.tokens(), reading.job().plan().hiddenSize());
        reading.run(doing, draft, vectors);
        return vectors;
    }
}
