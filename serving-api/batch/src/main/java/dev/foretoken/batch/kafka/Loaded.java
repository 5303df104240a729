package dev.foretoken.batch.kafka;

import dev.foretoken.batch.offset.CompletedOffsets;

/**
 * What was known of a partition before this worker had it.
 *
 * @param offsets what is answered
 * @param position where reading goes on
 * @param ids those that were answered
 */
record Loaded(CompletedOffsets offsets, long position, AnsweredIds ids) {}
