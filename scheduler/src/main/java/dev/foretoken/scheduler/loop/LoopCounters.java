package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.scheduler.CheckpointEvent;
import dev.foretoken.scheduler.PrefixOutcome;
import dev.foretoken.scheduler.SchedulerObserver;
import java.util.concurrent.atomic.AtomicLong;

/** Totals of one loop, written by its thread and read by any; passes everything on to the metrics. */
final class LoopCounters implements SchedulerObserver {

    private final SchedulerObserver metrics;
    private final AtomicLong promptTokens = new AtomicLong();
    private final AtomicLong generatedTokens = new AtomicLong();
    private final AtomicLong prefixQueried = new AtomicLong();
    private final AtomicLong prefixHit = new AtomicLong();
    private final AtomicLong preemptions = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong stepNanos = new AtomicLong();

    LoopCounters(SchedulerObserver metrics) {
        this.metrics = metrics;
    }

    LoadCounters snapshot() {
        return new LoadCounters(
                promptTokens.get(),
                generatedTokens.get(),
                prefixQueried.get(),
                prefixHit.get(),
                preemptions.get(),
                steps.get(),
                stepNanos.get());
    }

    private static void add(AtomicLong total, long amount) {
        total.setRelease(total.getPlain() + amount);
    }

    @Override
    public void stepDone(int rows, int tokens, long nanos) {
        add(steps, 1);
        add(stepNanos, nanos);
        metrics.stepDone(rows, tokens, nanos);
    }

    @Override
    public void started(long queueNanos) {
        metrics.started(queueNanos);
    }

    @Override
    public void prefixLookedUp(PrefixOutcome outcome, int queried, int hit) {
        add(prefixQueried, queried);
        add(prefixHit, hit);
        metrics.prefixLookedUp(outcome, queried, hit);
    }

    @Override
    public void promptComputed(int tokens) {
        add(promptTokens, tokens);
        metrics.promptComputed(tokens);
    }

    @Override
    public void firstToken(long prefillNanos) {
        add(generatedTokens, 1);
        metrics.firstToken(prefillNanos);
    }

    @Override
    public void nextToken(long sincePreviousNanos) {
        add(generatedTokens, 1);
        metrics.nextToken(sincePreviousNanos);
    }

    @Override
    public void preempted() {
        add(preemptions, 1);
        metrics.preempted();
    }

    @Override
    public void drafted(int proposed, int accepted) {
        metrics.drafted(proposed, accepted);
    }

    @Override
    public void checkpoint(CheckpointEvent event) {
        metrics.checkpoint(event);
    }

    @Override
    public void prefilled(PrefillMode mode) {
        metrics.prefilled(mode);
    }

    @Override
    public void promptPredicted(int tokens) {
        metrics.promptPredicted(tokens);
    }

    @Override
    public void repairComputed(int tokens) {
        metrics.repairComputed(tokens);
    }

    @Override
    public void repaired(int generated) {
        metrics.repaired(generated);
    }

    @Override
    public void repairGivenUp() {
        metrics.repairGivenUp();
    }

    @Override
    public void finished(FinishReason reason, Usage usage) {
        metrics.finished(reason, usage);
    }

    @Override
    public void failed(ErrorCode code) {
        metrics.failed(code);
    }
}
