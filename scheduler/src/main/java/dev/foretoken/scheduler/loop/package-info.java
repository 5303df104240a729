/**
 * Owns the thread of one variant: takes requests from a bounded mailbox, lets the scheduler plan, the runtime compute and the scheduler
 * commit, and hands events to their readers.
 *
 * <p>Does not decide what runs and does not open models. Entry type: {@link dev.foretoken.scheduler.loop.SchedulerLoop}; any thread may
 * call its public methods, everything else belongs to its one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.loop;
