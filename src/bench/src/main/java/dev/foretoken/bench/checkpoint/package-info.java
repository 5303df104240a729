/**
 * {@code bench make-model}: writes random-weight checkpoints of named shapes, for measuring speed without a download.
 *
 * <p>Does not read models; nothing such a model says means anything. Entry type:
 * {@link dev.foretoken.bench.checkpoint.MakeModelCommand}. Called on the main thread; weights are made by platform threads.
 */
@NullMarked
package dev.foretoken.bench.checkpoint;

import org.jspecify.annotations.NullMarked;
