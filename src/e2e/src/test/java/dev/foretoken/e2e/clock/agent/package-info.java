/**
 * Owns what runs inside a process whose clock jumps. Loaded by the boot loader of that process, without any library: knows the JDK alone. Entry
 * type: {@link dev.foretoken.e2e.clock.agent.ClockAgent}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.clock.agent;
