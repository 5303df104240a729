/**
 * Owns what someone who runs the servers sees: start, failed start, stop, lost processes, callers that leave, credentials, the command line.
 *
 * <p>Does not test answers. Entry type: {@link dev.foretoken.e2e.operation.LongAnswer}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.operation;
