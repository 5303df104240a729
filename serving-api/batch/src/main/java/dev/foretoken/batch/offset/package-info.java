/**
 * Owns which records of a partition are answered beyond the offset that is committed, and how that set travels in the metadata of a commit, so that
 * one long answer holds up none of those behind it and nothing is answered again after a crash.
 *
 * <p>Does not know Kafka's classes, clocks or threads. Entry type: {@link dev.foretoken.batch.offset.CompletedOffsets}, which the thread that polls
 * and commits alone calls.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.batch.offset;
