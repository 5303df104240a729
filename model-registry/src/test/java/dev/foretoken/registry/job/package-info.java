/**
 * Tests of build jobs with a workshop that only counts, in this process and in processes that are killed.
 *
 * <p>Does not test real builds. Entry type: {@link dev.foretoken.registry.job.JobSiteFixture}. The test thread calls everything but the
 * workshop, which a runner's thread calls.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.job;
