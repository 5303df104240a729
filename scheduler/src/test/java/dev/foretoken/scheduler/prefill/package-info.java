/** Tests of {@code prefill}. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.prefill;
