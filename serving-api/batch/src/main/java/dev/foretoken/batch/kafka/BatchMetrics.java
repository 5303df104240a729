package dev.foretoken.batch.kafka;

import dev.foretoken.contract.ErrorCode;
import java.time.Duration;

/** What a worker tells of itself. Called by the worker's threads, often: implementations do not block. */
public interface BatchMetrics {

    BatchMetrics NONE = new BatchMetrics() {};

    /** Requests of this worker's partitions that are not answered yet, those under way included. */
    default void lag(long requests) {}

    /** How long the oldest request that this worker has read, and not answered, has been in the topic; zero = there is none. */
    default void oldestAge(Duration age) {}

    /** How many requests run, and how many may. */
    default void inFlight(int requests, int limit) {}

    /** Of those that run, how many found no room, or failed, and wait to be tried again. */
    default void retrying(int requests) {}

    /** How many ids the worker knows as answered, and the bytes that they take. */
    default void remembered(long ids, long bytes) {}

    /** A request was answered: its transaction is committed. */
    default void answered(int status) {}

    /** A request had an id that is answered, or being answered: it gets no second answer. */
    default void duplicate() {}

    /** A request is tried again. */
    default void retried(ErrorCode code) {}

    /** A record went to the dead letters: its transaction is committed. */
    default void deadLettered(String reason) {}

    default void committed(int answers, Duration took) {}

    /** A transaction was given up; what was in it is sent again, or belongs to another worker now. */
    default void aborted() {}
}
