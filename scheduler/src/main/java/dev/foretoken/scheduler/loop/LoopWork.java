package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.scheduler.Scheduler;
import java.time.Duration;

/** What a loop has still to do and what that costs, written by its thread now and then and read by any. */
final class LoopWork {

    /** Adding everything up and fitting costs is not for every step. */
    private static final long INTERVAL_NANOS = Duration.ofMillis(20).toNanos();

    private final Scheduler scheduler;
    private final LoopAccounts accounts;
    private final PlacePace places = new PlacePace();
    private volatile PromptWork work = PromptWork.NONE;
    private volatile PrefillCost cost = PrefillCost.NONE;
    private boolean published;
    private long publishedAt;

    LoopWork(Scheduler scheduler, LoopAccounts accounts) {
        this.scheduler = scheduler;
        this.accounts = accounts;
    }

    PromptWork work() {
        return work;
    }

    PrefillCost cost() {
        return cost;
    }

    /** {@code idle}: the loop goes to sleep, and nobody would publish before it wakes. */
    void publish(long now, boolean idle) {
        if (published && !idle && now - publishedAt < INTERVAL_NANOS) {
            return;
        }
        published = true;
        publishedAt = now;
        places.look(now, accounts.ends(), scheduler.waiting());
        work = scheduler.work().withPlaces(places.nanos());
        cost = scheduler.cost();
    }
}
