/**
 * Owns the internal gRPC server in front of an engine: decodes submissions, streams engine events and load reports, drains.
 *
 * <p>Does not schedule, route or know text. Entry type: {@link dev.foretoken.pod.PodServer}. Calls run on virtual threads, one per
 * generation.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.pod;
