package dev.foretoken.nativeruntime.plan;

/**
 * Rotary position embedding (Su 2021): element i of a head turns with element i + dims/2.
 *
 * @param dims rotated elements of a head, even
 * @param theta base of the frequencies
 */
public record RotarySettings(int dims, double theta, RotaryScaling scaling) {}
