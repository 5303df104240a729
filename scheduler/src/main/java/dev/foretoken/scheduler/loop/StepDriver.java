package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.scheduler.PlannedStep;
import dev.foretoken.scheduler.Scheduler;
import dev.foretoken.scheduler.prefill.StepTimes;
import java.lang.System.Logger;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Runs steps: keeps as many in flight as the runtime allows, commits the oldest, and limits a failing step's damage to its rows. */
final class StepDriver {

    private static final String FAILED = "the runtime failed while it computed this sequence; it may work again";
    private static final Logger LOG = System.getLogger(StepDriver.class.getName());

    private final SequenceRuntime runtime;
    private final Scheduler scheduler;
    private final DeviceArbiter arbiter;
    private final LongSupplier clock;
    private final LoopAccounts accounts;
    private final LoopCounters counters;
    private final StepTimes times;
    private final int depth;
    private final ArrayDeque<PlannedStep> inFlight = new ArrayDeque<>();
    private int failedInARow;
    private long lastDone;

    StepDriver(LoopSetup setup, Scheduler scheduler, LoopAccounts accounts, LoopCounters counters) {
        this.runtime = setup.runtime();
        this.scheduler = scheduler;
        this.arbiter = setup.arbiter();
        this.clock = setup.clock();
        this.accounts = accounts;
        this.counters = counters;
        this.times = setup.scheduler().prefill().times();
        this.depth = runtime.capabilities().stepsInFlight();
    }

    /** Steps that failed without one in between that did not. */
    int failedInARow() {
        return failedInARow;
    }

    /** Begins what can be begun and commits one step; false when there was nothing to do. */
    boolean advance() {
        if (inFlight.isEmpty()) {
            lastDone = clock.getAsLong();
        }
        boolean planned = beginSteps();
        boolean worked = planned || !inFlight.isEmpty();
        if (!inFlight.isEmpty()) {
            commitOldest();
        }
        if (inFlight.isEmpty()) {
            arbiter.release();
        }
        return worked;
    }

    private boolean beginSteps() {
        boolean planned = false;
        while (inFlight.size() < depth && (inFlight.isEmpty() || !arbiter.isContended())) {
            PlannedStep step = scheduler.plan(clock.getAsLong());
            if (step == null) {
                break;
            }
            planned = true;
            begin(step);
        }
        return planned;
    }

    private void begin(PlannedStep step) {
        arbiter.acquire();
        if (!apply(step)) {
            return;
        }
        try {
            runtime.begin(step.plan());
            inFlight.add(step);
        } catch (RuntimeException e) {
            fail(step, e);
        }
    }

    /** A command that failed leaves no sequence's memory certain: all fail, the engine goes on empty. */
    private boolean apply(PlannedStep step) {
        try {
            List<CacheCommand> commands = step.commands();
            for (int i = 0; i < commands.size(); i++) {
                runtime.apply(commands.get(i));
            }
            return true;
        } catch (RuntimeException e) {
            fail(step, e);
            scheduler.failAll(ErrorCode.RUNTIME_FAILED, FAILED);
            scheduler.forgetCheckpoints();
            return false;
        }
    }

    private void commitOldest() {
        StepResult result = await();
        PlannedStep step = inFlight.remove();
        if (result == null) {
            return;
        }
        long now = clock.getAsLong();
        accounts.stepDone(step.plan().tokenCount(), now - lastDone);
        counters.stepDone(step.plan().rows(), step.plan().tokenCount(), now - lastDone);
        times.observe(step.plan(), now - lastDone);
        lastDone = now;
        failedInARow = 0;
        scheduler.commit(step, result, now);
    }

    private @Nullable StepResult await() {
        try {
            return runtime.await();
        } catch (RuntimeException e) {
            fail(inFlight.element(), e);
            return null;
        }
    }

    private void fail(PlannedStep step, RuntimeException cause) {
        failedInARow++;
        LOG.log(Logger.Level.ERROR, "A step of " + step.plan().rows() + " rows failed", cause);
        scheduler.fail(step, ErrorCode.RUNTIME_FAILED, FAILED);
    }

    /** Waits for what is in flight and drops it: its sequences have failed or are about to. */
    void abandon() {
        try {
            while (!inFlight.isEmpty()) {
                abandonOldest();
            }
        } finally {
            arbiter.release();
        }
    }

    private void abandonOldest() {
        PlannedStep step = inFlight.remove();
        try {
            runtime.await();
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.DEBUG, "A step that nobody waits for failed", e);
        }
        scheduler.fail(step, ErrorCode.RUNTIME_FAILED, "the variant was given up");
    }
}
