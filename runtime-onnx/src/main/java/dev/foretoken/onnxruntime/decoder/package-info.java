/**
 * Owns language models that were exported with their caches as inputs and outputs: which input is what, where the caches of many sequences lie,
 * how the rows of a step become runs of the graph, and what is drawn from its logits.
 *
 * <p>Rows that compute one position run together; spans run one by one. A sequence owns a <em>physical row</em> of every cache, and sequences
 * that run together are kept adjacent, so that a run reads and writes their rows in place:
 *
 * <ul>
 *   <li>shared buffers ({@link dev.foretoken.onnxruntime.decoder.SharedCaches}): the graph writes new positions into what it reads, nothing is
 *       copied;
 *   <li>caches that the graph concatenates ({@link dev.foretoken.onnxruntime.decoder.GrowingCaches}): the graph copies them for every token, rows
 *       of different lengths are padded on the left;
 *   <li>recurrent states ({@link dev.foretoken.onnxruntime.decoder.StateCaches}): read from one side and written to the other.
 * </ul>
 *
 * <p>Does not run graphs itself. Entry type: {@link dev.foretoken.onnxruntime.decoder.DecoderRuntimes}. Called by the runtime's one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.decoder;
