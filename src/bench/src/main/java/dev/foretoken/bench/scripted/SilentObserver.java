package dev.foretoken.bench.scripted;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.scheduler.CheckpointEvent;
import dev.foretoken.scheduler.PrefixOutcome;
import dev.foretoken.scheduler.SchedulerObserver;

/** Counts nothing: what is wanted is counted elsewhere, or the scheduler is to be seen alone. */
public final class SilentObserver implements SchedulerObserver {

    @Override
    public void started(long queueNanos) {}

    @Override
    public void prefixLookedUp(PrefixOutcome outcome, int queried, int hit) {}

    @Override
    public void promptComputed(int tokens) {}

    @Override
    public void firstToken(long prefillNanos) {}

    @Override
    public void nextToken(long sincePreviousNanos) {}

    @Override
    public void preempted() {}

    @Override
    public void drafted(int proposed, int accepted) {}

    @Override
    public void checkpoint(CheckpointEvent event) {}

    @Override
    public void finished(FinishReason reason, Usage usage) {}

    @Override
    public void failed(ErrorCode code) {}
}
