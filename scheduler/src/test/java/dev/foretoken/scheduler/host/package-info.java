/** Tests of the host: loading under a budget, answering, draining. Entry type: SchedulerHostTest. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.host;
