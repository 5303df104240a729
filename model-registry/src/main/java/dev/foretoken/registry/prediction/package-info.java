/**
 * Owns the file format of predictions: which base and which auxiliary belong together, which layers predict which, and where the maps are.
 *
 * <p>Does not know how K and V are predicted. Entry type: {@link dev.foretoken.registry.prediction.PredictionFile}. The thread that opens,
 * imports or builds a model calls everything here; what was read is immutable.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.prediction;
