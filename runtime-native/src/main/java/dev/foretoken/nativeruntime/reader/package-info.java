/**
 * Owns the translation of a checkpoint's {@code config.json}, or of a GGUF file's metadata, into a layer plan.
 *
 * <p>Does not read weights. Entry types: {@link dev.foretoken.nativeruntime.reader.PlanReader} and {@link
 * dev.foretoken.nativeruntime.reader.GgufPlanReader}. Stateless; called from any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.reader;
