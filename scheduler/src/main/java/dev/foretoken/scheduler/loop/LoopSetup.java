package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.scheduler.SchedulerObserver;
import dev.foretoken.scheduler.SchedulerSetup;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * What a loop is built from.
 *
 * @param clock monotonic nanoseconds
 * @param threads makes the loop's one platform thread
 */
public record LoopSetup(
        SequenceRuntime runtime,
        SchedulerSetup scheduler,
        SchedulerObserver metrics,
        DeviceArbiter arbiter,
        LongSupplier clock,
        ThreadFactory threads) {}
