/**
 * Owns what a caller may read of a failure: code, message, field, retry time - and nothing of the inside.
 *
 * <p>Does not know a protocol; each maps {@link dev.foretoken.gateway.error.PublicError} to its own status. Any thread may call it.
 */
@NullMarked
package dev.foretoken.gateway.error;

import org.jspecify.annotations.NullMarked;
