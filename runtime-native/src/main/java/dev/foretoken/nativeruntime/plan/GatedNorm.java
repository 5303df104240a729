package dev.foretoken.nativeruntime.plan;

/**
 * RMS norm of groups of a vector that is multiplied by the SiLU of a gate.
 *
 * @param group elements normalised together
 * @param gateFirst whether the gate comes before the norm
 */
public record GatedNorm(Norm norm, int group, boolean gateFirst) {}
