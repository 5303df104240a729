/**
 * Owns how this process gets an engine and the text side of its models: finds the runtimes, sizes the host, opens tokenizers.
 *
 * <p>Does not listen anywhere. Entry type: {@link dev.foretoken.app.engine.EngineHost}. The main thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.engine;
