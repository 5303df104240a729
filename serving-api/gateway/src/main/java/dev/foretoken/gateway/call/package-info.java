/**
 * Owns requests of callers from their parsed body to their whole answer, whatever brought them: HTTP, or a batch.
 *
 * <p>Does not read bodies off connections, stream answers or count places ({@code http} does, and {@code batch} for its own). Entry type: {@link
 * dev.foretoken.gateway.call.Call}; everything runs on the thread of its request, which blocks until the answer is there.
 */
@NullMarked
package dev.foretoken.gateway.call;

import org.jspecify.annotations.NullMarked;
