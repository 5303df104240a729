/**
 * Measures what the machine itself can do, so that other figures can be read against it.
 *
 * <p>Does not use the engine. Entry type: {@link dev.foretoken.bench.probe.DramProbe}. Called on the main thread; the reading is
 * done by platform threads of its own.
 */
@NullMarked
package dev.foretoken.bench.probe;

import org.jspecify.annotations.NullMarked;
