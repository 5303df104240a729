/**
 * {@code bench graph}: what a run of an exported graph costs beyond ONNX Runtime itself.
 *
 * <p>Does not measure servers or the batching of requests. Entry type: {@link dev.foretoken.bench.graph.GraphCommand}. Called on the main
 * thread.
 */
@NullMarked
package dev.foretoken.bench.graph;

import org.jspecify.annotations.NullMarked;
