package dev.foretoken.registry.measure;

/**
 * A share of successes with its Wilson score interval at 95 % (Wilson 1927), which stays inside [0, 1] and is honest for
 * few trials and for shares near 0 or 1, where the normal approximation is not.
 */
public record Proportion(long successes, long trials) {
    private static final double Z = 1.959963984540054;

    public Proportion {
        if (successes < 0 || trials < successes) {
            throw new IllegalArgumentException(
                    "a proportion of %d successes in %d trials; expected 0 <= successes <= trials"
                            .formatted(successes, trials));
        }
    }

    /** The share itself; 0 when there were no trials. */
    public double value() {
        return trials == 0 ? 0 : (double) successes / trials;
    }

    /** Lower end of the interval; 0 when there were no trials. */
    public double low() {
        return trials == 0 ? 0 : Math.max(0, centre() - halfWidth());
    }

    /** Upper end of the interval; 1 when there were no trials. */
    public double high() {
        return trials == 0 ? 1 : Math.min(1, centre() + halfWidth());
    }

    public Proportion plus(boolean success) {
        return new Proportion(successes + (success ? 1 : 0), trials + 1);
    }

    private double centre() {
        return (value() + Z * Z / (2 * trials)) / (1 + Z * Z / trials);
    }

    private double halfWidth() {
        double variance = value() * (1 - value()) / trials + Z * Z / (4.0 * trials * trials);
        return Z * Math.sqrt(variance) / (1 + Z * Z / trials);
    }
}
