/**
 * Owns how many requests of a batch are under way at a time, in which order those that were read together begin, when one that failed is tried
 * again, and how long one may wait for its model.
 *
 * <p>Does not know where requests come from, and has no clock, chance or thread of its own: times and random numbers are given. Entry types: {@link
 * dev.foretoken.batch.flight.FlightLimit}, {@link dev.foretoken.batch.flight.PrefixOrder} and {@link dev.foretoken.batch.flight.Backoff}; each is
 * called by one thread at a time.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.batch.flight;
