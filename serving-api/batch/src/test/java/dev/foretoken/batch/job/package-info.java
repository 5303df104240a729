/**
 * Tests of jobs of batches, from a file to its answers, with processes that end at every step.
 *
 * <p>Does not test HTTP or engines. Entry type: {@link dev.foretoken.batch.job.JobSite}. Tests call it from their thread.
 */
@NullMarked
package dev.foretoken.batch.job;

import org.jspecify.annotations.NullMarked;
