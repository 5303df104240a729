package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far changed plans lead hidden vectors astray, block after block (OPTIN, Khaki 2024): the sum over all blocks of the mean squared distance
 * behind them, in parts of the vectors' square. The plans must have as many sublayers as the base.
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
    double error(String stage, String doing, ModelPlan changed) {
        return finished.numbers("trajectory-" + stage, () -> new double[] {error(doing, changed)})[0];
    }

    private double error(String doing, ModelPlan changed) {
        HiddenVectors reference = original;
        if (reference == null) {
            reference = read("reading as the base", reading.job().plan());
            original = reference;
        }
        HiddenVectors other = read(doing, changed);
        double sum = 0;
        for (int end : ends) {
            sum += Likeness.meanError(reference.at(end), other.at(end), reference.width());
        }
        return sum;
    }

    private HiddenVectors read(String doing, ModelPlan plan) {
        HiddenVectors vectors = new HiddenVectors(ends, reading.tokens(), plan.hiddenSize());
        reading.run(doing, plan, vectors);
        return vectors;
    }
}
