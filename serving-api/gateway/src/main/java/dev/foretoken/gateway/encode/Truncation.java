package dev.foretoken.gateway.encode;

/**
 * What happens to inputs that are too long.
 *
 * @param most tokens that are left of one; 0 = none is cut, and one that is too long is refused; -1 = as many as the model takes
 */
public record Truncation(int most) {

    public static final Truncation REFUSE = new Truncation(0);
    public static final int AS_THE_MODEL = -1;

    boolean isWanted() {
        return most != 0;
    }

    /** @param longest that the model takes; 0 = any */
    int limit(int longest) {
        return most <= 0 ? longest : longest == 0 ? most : Math.min(most, longest);
    }
}
