/**
 * Owns texts for encoders: into token ids no longer than the model takes, into tensors, and the vectors, scores and classes back.
 *
 * <p>Does not parse or write a protocol, and does not pool or normalize: the runtime of the model does. Entry type:
 * {@link dev.foretoken.gateway.encode.Encoders}. The thread of a request calls it and waits; runs of large requests have threads of their own.
 */
@NullMarked
package dev.foretoken.gateway.encode;

import org.jspecify.annotations.NullMarked;
