/**
 * Owns who a caller is: API keys, their tenants, and which host names this server answers to.
 *
 * <p>Does not decide which routes are open and does not know a protocol. Entry type: {@link dev.foretoken.gateway.auth.Authenticator}, one
 * for HTTP and gRPC. Any thread may call it.
 */
@NullMarked
package dev.foretoken.gateway.auth;

import org.jspecify.annotations.NullMarked;
