/**
 * Owns how float weights become codes and scales when a model is loaded. Does not lay codes out in panels and does not read files. Entry type:
 * {@link dev.foretoken.nativeruntime.weights.quantize.MatrixQuantizer}. Called from the loading thread; rows are quantized on several.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights.quantize;
