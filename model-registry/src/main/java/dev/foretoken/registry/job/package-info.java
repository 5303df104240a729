/**
 * Owns build jobs: their queue, who runs which one, how far it has come, its log, and how what was built becomes a variant.
 *
 * <p>Does not compute with weights: a workshop does. Does not measure: a probe does. Entry type: {@link
 * dev.foretoken.registry.job.BuildJobs}. Any thread submits and asks; a runner's own thread builds.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.job;
