package dev.foretoken.bench.jmh;

import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import java.util.List;
import java.util.Set;

/** A runtime that answers at once with tokens from a counter and allocates nothing: what remains is the scheduler's own cost. */
final class InstantRuntime implements SequenceRuntime {
    static final int VOCABULARY = 32_000;
    static final int CONTEXT = 2048;
    static final int MAX_ROWS = 64;
    static final int MAX_TOKENS = 4096;
    private static final int BLOCK_TOKENS = 16;

    private final StepResult result = new StepResult(MAX_ROWS, MAX_TOKENS);
    private int next;

    /** Opens it, whatever is asked for. */
    static final class Provider implements RuntimeProvider {
        @Override
        public String name() {
            return "instant";
        }

        @Override
        public Availability probe(ModelSource source, DeviceSpec device) {
            return new Availability.Present();
        }

        @Override
        public SequenceRuntime open(
                ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
            return new InstantRuntime();
        }
    }

    /** Room for so many sequences of the whole context, and one more. */
    static CacheReservation reservation(int sequences) {
        return new CacheReservation(List.of(List.of((sequences + 1) * CONTEXT / BLOCK_TOKENS)));
    }

    @Override
    public ModelShape shape() {
        CacheSpec caches = new CacheSpec(List.of(new CacheKind.PagedKv(2, 32, 32)), BLOCK_TOKENS, 1);
        return new ModelShape(VOCABULARY, CONTEXT, List.of(new PartShape(PartShape.Role.BASE, 8, caches)), "instant-1");
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                Set.of(Feature.RAGGED_ROWS, Feature.MIXED_SPANS, Feature.PREFIX_SHARING), MAX_ROWS, MAX_TOKENS, 1);
    }

    @Override
    public void begin(StepPlan plan) {
        result.clear(plan.rows());
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.wants(row, StepPlan.WANT_SAMPLE)) {
                next = (next + 7919) % VOCABULARY;
                result.addToken(row, next, null);
            }
        }
    }

    @Override
    public StepResult await() {
        return result;
    }

    @Override
    public void reserve(CacheReservation reservation) {}

    @Override
    public void apply(CacheCommand command) {}

    @Override
    public long residentBytes() {
        return 0;
    }

    @Override
    public void close() {}
}
