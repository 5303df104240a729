package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchExecutor;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;

/**
 * What all requests of a worker run with.
 *
 * @param notes which requests run
 * @param places which topics are there to be answered into
 * @param done where each puts its outcome, exactly one
 * @param ending open once the worker is being closed: what may yet succeed is another worker's then
 */
record RunContext(
        BatchExecutor executor,
        Retries retries,
        FlightNotes notes,
        InstantSource clock,
        BatchMetrics metrics,
        Outcomes outcomes,
        ReplyPlaces places,
        Queue<Outcome> done,
        CountDownLatch ending) {}
