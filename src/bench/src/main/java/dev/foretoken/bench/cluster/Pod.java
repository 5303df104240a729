package dev.foretoken.bench.cluster;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.prefix.PrefixChange;
import java.util.List;

/** One pod: computes one step after the other, and says how busy it is and what it holds. */
sealed interface Pod extends AutoCloseable permits ScheduledPod, ModelPod {

    /** There is nothing to compute. */
    long IDLE = -1;

    /** Is told how requests get on. */
    interface Progress {
        /** {@code cachedTokens}: of its prompt, that the pod found. */
        void firstToken(SimulatedRequest request, int cachedTokens, long now);

        void ended(SimulatedRequest request, long now);
    }

    /** Takes a request, or says that too many wait. */
    boolean submit(SimulatedRequest request, long now);

    /** Begins a step and says how many nanoseconds it takes, or {@link #IDLE}. */
    long begin(long now);

    /** The step that was begun is done. */
    void end(long now);

    ModelLoad load(long now);

    /** Requests that have not ended, in the order in which they came. */
    List<SimulatedRequest> open();

    /** What its cache has begun and ceased to hold since the last call. */
    List<PrefixChange> changes();

    @Override
    default void close() {}
}
