package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Linear;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Told what flows through a forward pass, by the thread that computes it. A sequence that is longer than a step comes in several parts, in
 * order.
 */
public interface ActivationTap {

    /** Shows nothing. */
    ActivationTap NONE = new ActivationTap() {};

    /**
     * Vectors of consecutive tokens, there until the call returns.
     *
     * @param data fp32 [count, width], and perhaps more behind it
     */
    record Rows(MemorySegment data, int count, int width) {

        /** A copy: [count * width]. */
        public float[] toArray() {
            float[] copy = new float[Math.multiplyExact(count, width)];
            MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, 0, copy, 0, copy.length);
            return copy;
        }
    }

    /** The residual stream after so many sublayers; 0: what the first one reads. Before the final norm. */
    default void hidden(int sublayers, Rows rows) {}

    /** What these linear maps are applied to, all of one input. Experts of mixtures are not shown. */
    default void input(List<Linear> linears, Rows rows) {}

    /**
     * What an attention projects, before norms, clips and rotation; null: it reads another's. Attentions over latent vectors do not project.
     * What is shown is changed afterwards.
     */
    default void projectedKeysAndValues(int attention, @Nullable Rows keys, @Nullable Rows values) {}

    /** What an attention stores in its cache: keys after norms and rotation; null: it reads another's. Attentions over latent vectors do not. */
    default void keysAndValues(int attention, @Nullable Rows keys, @Nullable Rows values) {}
}
