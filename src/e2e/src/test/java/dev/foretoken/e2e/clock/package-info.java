/**
 * Owns jumps of civil time in the processes of tests: what a time server or a resumed machine does to a clock, without touching that of this
 * machine. Monotonic time goes on as it was. Entry type: {@link dev.foretoken.e2e.clock.ClockJump}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.clock;
