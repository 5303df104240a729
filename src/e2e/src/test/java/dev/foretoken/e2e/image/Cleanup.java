package dev.foretoken.e2e.image;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is left to do at the end of a test, in its order: each step is done whatever becomes of those before it. One thread. */
final class Cleanup implements AutoCloseable {

    private final List<Runnable> steps = new ArrayList<>();

    void then(Runnable step) {
        steps.add(step);
    }

    /** Throws what the first step that failed threw, with the others' as suppressed. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (Runnable step : steps) {
            failure = after(step, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RuntimeException after(Runnable step, @Nullable RuntimeException before) {
        try {
            step.run();
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}
