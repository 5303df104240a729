/**
 * Owns the tests of {@code deploy/compose}: whether what its file says is there, agrees, and is taken by the process. Entry type: {@link
 * dev.foretoken.e2e.compose.ComposeFile}.
 *
 * <p>Does not start anything: {@code image} starts the services of ours where images can be run. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.compose;
