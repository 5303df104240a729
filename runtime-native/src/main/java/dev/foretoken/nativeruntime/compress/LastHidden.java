package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How near drafts come to the base's last hidden vectors, before the final norm. */
final class LastHidden {

    private final Reading reading;
    private final Finished finished;
    private float @Nullable [] original;

    LastHidden(Reading reading, Finished finished) {
        this.reading = reading;
        this.finished = finished;
    }

    /** The mean over tokens of the cosine; {@code stage}: names the measurement within the build. */
    double cosine(String stage, Draft changed) {
        return finished.numbers("cosine-" + stage, () -> {
            float[] reference = original;
            if (reference == null) {
                reference = read("reading as the base", Draft.of(reading.job()));
                original = reference;
            }
            float[] other = read("reading as changed", changed);
            return new double[] {
                Likeness.meanCosine(reference, other, changed.plan().hiddenSize())
            };
        })[0];
    }

    private float[] read(String stage, Draft draft) {
        ModelPlan plan = draft.plan();
        int last = plan.sublayers().size();
        HiddenVectors vectors = new HiddenVectors(List.of(last), reading.tokens(), plan.hiddenSize());
        reading.run(stage, draft, vectors);
        return vectors.at(last);
    }
}
