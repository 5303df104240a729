/**
 * Owns what can be served: models, their immutable versions and measured variants, the aliases that point at them, and the bytes behind.
 * The packages below it own one part each.
 *
 * <p>Does not compute with weights and does not tokenize. Entry type: {@link dev.foretoken.registry.Registry}. Any thread calls it; calls may
 * wait for disks, databases and other writers.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry;
