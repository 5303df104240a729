/**
 * Owns the way of jobs' requests through topics of Kafka: how they are sent to whichever worker takes them, and how their answers are found,
 * by whoever has the job then.
 *
 * <p>Does not know what jobs are but by their ids. Entry type: {@link dev.foretoken.batch.job.topic.TopicTransport}; what it calls back, it calls on
 * threads of its own.
 */
@NullMarked
package dev.foretoken.batch.job.topic;

import org.jspecify.annotations.NullMarked;
