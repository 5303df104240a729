/**
 * Owns tests of requests that come in by Kafka: a real broker, each kind of request, servers and brokers that are killed, and the command that sends
 * a file. Does not know how a worker does it. Entry type: {@link dev.foretoken.e2e.batch.TestTopics}. Any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.batch;
