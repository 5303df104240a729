package dev.foretoken.nativeruntime.weights.ggml;

/**
 * One row being decoded.
 *
 * @param codes [columns]
 * @param scales [columns / block]
 * @param minimums [columns / block]; not written where the format has none
 */
record CodedRow(byte[] codes, float[] scales, float[] minimums) {}
