/**
 * Owns how a variant is opened to be measured: in an engine of its own, asked through its own tokenizer.
 *
 * <p>Does not decide what is measured and does not keep it. Entry type: {@link dev.foretoken.app.measure.EngineProbe}. The thread that runs
 * build jobs calls it.
 */
@NullMarked
package dev.foretoken.app.measure;

import org.jspecify.annotations.NullMarked;
