/**
 * Owns the running of token sequences for what flows inside the model: inputs of linear maps, hidden vectors, keys and values.
 *
 * <p>Does not decide what is made of them. Entry types: {@link dev.foretoken.nativeruntime.calibrate.Calibration} for a whole model and {@link
 * dev.foretoken.nativeruntime.calibrate.BlockWalk} for one block after the other. One thread at a time: the one that builds a variant.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.calibrate;
