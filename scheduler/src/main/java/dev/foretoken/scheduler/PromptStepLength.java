package dev.foretoken.scheduler;

/**
 * How long a step is in which nothing generates and nobody waits of a tenant served far less than others: as short as throughput allows. Steps in
 * which one waits end when it has to have its first token, later or sooner than that. So all are counted: what they cost by themselves is a given
 * part of what they take, on average, and the others are as short as keeps that. Times in nanoseconds.
 */
final class PromptStepLength {

    /** Part of the throughput that shorter steps may cost. */
    private static final double LOSS = 0.045;

    /** Of what a step cost more or less than it may, by which those behind it are longer or shorter. */
    private static final double CORRECTION = 0.5;

    /** Of full steps; none is longer than a full one, but {@link #aim} is counted from there. */
    private static final double LONGEST = 2;

    /** Of {@link #aim}: most who wait came later than at the beginning of a step, and what they leave goes into shorter steps. */
    private static final double SLACK = 1.15;

    private double nanos;
    private double fixed;
    private double fixedPart;

    /** Begins a step: {@code fixed} is what it takes by itself, {@code whole} full, {@code alone} with the prompt of one who waits. */
    void open(double fixed, double whole, double alone) {
        this.fixed = fixed;
        this.fixedPart = fixedPart(LOSS, fixed, whole);
        double usual = nanos == 0 ? fixed / fixedPart : nanos;
        nanos = Math.clamp(usual, Math.min(whole, alone), LONGEST * whole);
    }

    double nanos() {
        return nanos;
    }

    /** What is aimed at for a first token that takes {@code alone} in a step of its own: that of one who came at the beginning of another step. */
    double aim(double alone) {
        return SLACK * (nanos + alone);
    }

    /** A step took so long; {@code cut}: it would have been longer, but for this. Others are short because there is no more to be done. */
    void end(double took, boolean cut) {
        double change = CORRECTION * (fixed - fixedPart * took);
        nanos += cut ? change : Math.min(0, change);
    }

    /** Part of the time of steps that they may cost by themselves, where {@code loss} may be lost of what those do that take {@code whole}. */
    static double fixedPart(double loss, double fixed, double whole) {
        return 1 - (1 - loss) * (1 - fixed / whole);
    }
}
