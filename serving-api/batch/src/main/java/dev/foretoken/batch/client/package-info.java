/**
 * Owns the other end of the topics: sends the requests of a file and collects their answers.
 *
 * <p>Answers nothing itself and takes part in no group of workers. Entry type: {@link dev.foretoken.batch.client.TopicSession}; everything is called
 * by one thread.
 */
@NullMarked
package dev.foretoken.batch.client;

import org.jspecify.annotations.NullMarked;
