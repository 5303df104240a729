/**
 * Owns the translation of a checkpoint's {@code config.json} into a layer plan: one reader per architecture.
 *
 * <p>Does not read weights. Entry type: {@link dev.foretoken.nativeruntime.reader.PlanReader}. Stateless; called from any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.reader;
