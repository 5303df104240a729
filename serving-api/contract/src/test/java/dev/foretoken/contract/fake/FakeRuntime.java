package dev.foretoken.contract.fake;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A runtime whose next token hashes everything the sequence may read, as it is found through the row's block tables. Plans that break a
 * rule are thrown back and remembered in {@link #violations}. {@link FakeReference} says what a sequence must answer.
 */
public final class FakeRuntime implements SequenceRuntime {

    private final FakeModel model;
    private final PlanCheck check;
    private final StepResult[] results;
    private final int[] resultRows;
    private final StepPlan[] plans;
    private final ArrayDeque<Object> queue = new ArrayDeque<>();
    /** One layer of two experts: of even and of odd steps. */
    private final ExpertLoad expertLoad = new ExpertLoad(2);

    private final List<String> violations = new CopyOnWriteArrayList<>();
    private @Nullable FakeCaches caches;
    private @Nullable StepExecution execution;
    private int begun;
    private int executed;
    private int awaited;
    /** Steps before this were begun on top of a step that then failed: what they read may be undefined. */
    private int undefinedBefore;

    private final AtomicInteger adaptersOpen = new AtomicInteger();
    private volatile boolean closed;
    private volatile long inheritedBytes;

    public FakeRuntime(FakeModel model) {
        this.model = model;
        this.check = new PlanCheck(model.shape(), model.capabilities());
        int ring = model.capabilities().stepsInFlight() + 1;
        this.results = new StepResult[ring];
        this.resultRows = new int[ring];
        this.plans = new StepPlan[ring];
        for (int i = 0; i < ring; i++) {
            results[i] = new StepResult(
                    model.capabilities().maxRows(), model.capabilities().maxTokens());
        }
    }

    /** Every broken rule so far. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** Numbers that name a checkpoint of any of the base part's kinds. */
    public Set<Integer> checkpoints() {
        return caches().checkpoints(0);
    }

    public boolean isClosed() {
        return closed;
    }

    /** Steps begun so far. */
    public int steps() {
        return begun;
    }

    @Override
    public HeldAs heldAs() {
        return new HeldAs("F32", residentBytes(), "f32");
    }

    @Override
    public ModelShape shape() {
        return model.shape();
    }

    @Override
    public Capabilities capabilities() {
        return model.capabilities();
    }

    @Override
    public Optional<ComputeInfo> compute() {
        return Optional.of(new ComputeInfo("fake", 2, CpuList.parse("0,3")));
    }

    @Override
    public List<ExpertLoad> expertLoads() {
        return List.of(expertLoad);
    }

    @Override
    public long residentBytes() {
        return model.residentBytes() + inheritedBytes;
    }

    /** From now on it counts these bytes too, as a runtime does for what it shared with one that was closed. */
    public void inherit(long bytes) {
        inheritedBytes = bytes;
    }

    @Override
    public void reserve(CacheReservation reservation) {
        require(caches == null, "reserved twice");
        caches = new FakeCaches(
                model.shape(), model.depth() == FakeModel.Depth.INSTANT ? withoutUnits(model.shape()) : reservation);
    }

    @Override
    public AdapterWeights openAdapter(Path folder) {
        if (folder.endsWith("broken")) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "the adapter is broken");
        }
        return new FakeAdapter(adaptersOpen);
    }

    /** Adapters that were opened and not closed. */
    public int adaptersOpen() {
        return adaptersOpen.get();
    }

    @Override
    public void apply(CacheCommand command) {
        require(!closed, "command after close");
        if (command instanceof CacheCommand.ExportBlocks || command instanceof CacheCommand.ImportBlocks) {
            require(model.capabilities().has(Feature.BLOCK_TRANSFER), "command needs BLOCK_TRANSFER");
        }
        if (model.depth() == FakeModel.Depth.INSTANT) {
            return;
        }
        if (queue.isEmpty()) {
            caches().apply(command);
        } else {
            queue.add(command);
        }
    }

    @Override
    public void begin(StepPlan plan) {
        require(!closed, "step after close");
        int inFlight = begun - awaited;
        require(inFlight < model.capabilities().stepsInFlight(), "more steps in flight than allowed");
        if (model.depth() != FakeModel.Depth.INSTANT) {
            checkPlan(plan, inFlight > 0 ? resultRows[(begun - 1) % results.length] : 0);
        }
        resultRows[begun % results.length] = plan.rows();
        plans[begun % plans.length] = plan;
        begun++;
        queue.add(plan);
        if (model.depth() == FakeModel.Depth.EAGER) {
            executeOrRefuse();
        }
    }

    /** A plan that is thrown back by {@link #begin} was not begun. */
    private void executeOrRefuse() {
        try {
            executeQueued(begun);
        } catch (PlanViolation e) {
            begun--;
            executed = begun;
            throw e;
        }
    }

    @Override
    public StepResult await() {
        require(awaited < begun, "nothing to await");
        StepGate gate = model.gate();
        if (gate != null) {
            gate.pass();
        }
        int step = awaited++;
        executeQueued(step + 1);
        if (model.failingSteps().contains(step)) {
            undefinedBefore = begun;
            caches().garble(plans[step % plans.length]);
            throw new ForetokenException(ErrorCode.RUNTIME_FAILED, "step " + step + " was told to fail");
        }
        return results[step % results.length];
    }

    /** Executes and applies what was queued until {@code steps} steps are executed, and the commands behind them. */
    private void executeQueued(int steps) {
        while (!queue.isEmpty() && (executed < steps || queue.peek() instanceof CacheCommand)) {
            switch (queue.remove()) {
                case CacheCommand command -> caches().apply(command);
                case StepPlan plan -> execute(plan, executed++);
                default -> throw new IllegalStateException("neither command nor plan");
            }
        }
    }

    private void execute(StepPlan plan, int step) {
        StepResult result = results[step % results.length];
        StepResult previous = results[(step + results.length - 1) % results.length];
        result.clear(plan.rows());
        expertLoad.add(step & 1, plan.tokenCount());
        if (execution == null) {
            execution = new StepExecution(model, caches(), plan, result);
        }
        try {
            execution.of(plan, previous, result).run(step < undefinedBefore);
        } catch (PlanViolation e) {
            violations.add(e.getMessage());
            throw e;
        }
    }

    private void checkPlan(StepPlan plan, int deferrable) {
        try {
            check.check(plan, deferrable);
        } catch (PlanViolation e) {
            violations.add(e.getMessage());
            throw e;
        }
    }

    private static CacheReservation withoutUnits(ModelShape shape) {
        return new CacheReservation(shape.parts().stream()
                .map(part -> Collections.nCopies(part.caches().kinds().size(), 0))
                .toList());
    }

    private FakeCaches caches() {
        if (caches == null) {
            throw new PlanViolation("not reserved");
        }
        return caches;
    }

    private void require(boolean holds, String broken) {
        if (!holds) {
            violations.add(broken);
            throw new PlanViolation(broken);
        }
    }

    @Override
    public void close() {
        require(!closed, "closed twice");
        closed = true;
    }
}
