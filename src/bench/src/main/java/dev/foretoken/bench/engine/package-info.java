/**
 * {@code bench engine}: how fast the engine computes in this process, without HTTP, text or a client.
 *
 * <p>Does not measure latency under load ({@code serve} does). Entry type: {@link dev.foretoken.bench.engine.EngineCommand}.
 * Called on the main thread; one virtual thread reads each sequence.
 */
@NullMarked
package dev.foretoken.bench.engine;

import org.jspecify.annotations.NullMarked;
