/** Tests of the scheduler: one behaviour each, and random workloads that check every invariant after every step. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler;
