package dev.foretoken.nativeruntime.plan;

/**
 * Rotary position embedding (Su 2021) of the first elements of a head.
 *
 * @param dims rotated elements of a head, even
 * @param theta base of the frequencies
 */
public record RotarySettings(int dims, double theta, RotaryScaling scaling, RotaryPairing pairing) {
    /** Of halves. */
    public RotarySettings(int dims, double theta, RotaryScaling scaling) {
        this(dims, theta, scaling, RotaryPairing.HALVES);
    }

    public RotarySettings with(RotaryPairing other) {
        return new RotarySettings(dims, theta, scaling, other);
    }
}
