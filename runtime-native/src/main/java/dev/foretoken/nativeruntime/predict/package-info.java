/**
 * Owns the builder of predictions: it lets a base and an auxiliary read the same text, chooses which layers predict which, and fits the maps
 * between their keys and values in closed form.
 *
 * <p>Does not predict anything itself: the forward pass does. Entry type: {@link
 * dev.foretoken.nativeruntime.predict.PredictionBuilder}. The thread that builds a variant calls it; equal orders give equal files, whatever the
 * number of threads and interruptions.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.predict;
