/**
 * Decides, once per step, which sequences run and how many tokens each gets.
 *
 * <p>Owns the waiting and running sequences, what they hold of the caches, and the events they answer with. Does not read clocks, start
 * threads or compute. Entry type: {@link dev.foretoken.scheduler.Scheduler}. Every method here is called from one thread, that of {@code
 * loop.SchedulerLoop}; only {@link dev.foretoken.scheduler.RequestCheck} may be called from any.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler;
