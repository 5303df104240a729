/**
 * Owns who this process is and whom it believes on encrypted connections: certificates, keys and authorities in PEM files, read again when they
 * change, TLS 1.3 and 1.2 only.
 *
 * <p>Opens no connection and does not decide where encryption is needed. Entry type: {@link dev.foretoken.wire.tls.TlsMaterial}. Any thread may
 * use it; one at a time refreshes it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.wire.tls;
