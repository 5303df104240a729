/**
 * Answers the requests of a Kafka topic, each exactly once in effect.
 *
 * <p>One transaction holds answers, dead letters, the ids that were answered and the offsets, so that a reader of committed records sees either
 * all of them or none. Does not know what is in a record ({@code batch.record}) nor how a request is run. Entry types: {@link
 * dev.foretoken.batch.kafka.BatchWorker} and, where answering at least once is enough, {@link dev.foretoken.batch.kafka.ShareWorker}. Each has
 * one thread that alone touches Kafka's clients; requests run on virtual threads, which hand their outcome to it through a queue.
 */
@NullMarked
package dev.foretoken.batch.kafka;

import org.jspecify.annotations.NullMarked;
