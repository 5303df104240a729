/**
 * Owns the variants that one process serves: opens and closes them under one memory budget, gives each its loop, answers for them as one
 * engine.
 *
 * <p>Does not schedule, compute, or find providers by itself. Entry type: {@link dev.foretoken.scheduler.host.SchedulerHost}. Any thread may
 * call it; loading and unloading take turns.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.host;
