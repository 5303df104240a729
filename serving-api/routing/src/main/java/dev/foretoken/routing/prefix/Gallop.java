package dev.foretoken.routing.prefix;

import java.util.function.IntPredicate;

/** Exponential search (Bentley and Yao 1976): time in the logarithm of what is found, not of all there is. */
final class Gallop {

    private Gallop() {}

    /** How many of 0, 1, 2, ... below {@code most} have a property that all those before one of them have too. */
    static int count(int most, IntPredicate has) {
        int known = 0;
        int step = 1;
        while (known < most) {
            int next = Math.min(most, known + step);
            if (!has.test(next - 1)) {
                return between(known, next - 1, has);
            }
            known = next;
            step *= 2;
        }
        return most;
    }

    /** The same where {@code known} have it, and at most {@code most} do. */
    private static int between(int known, int most, IntPredicate has) {
        int low = known;
        int high = most;
        while (low < high) {
            int middle = low + high >>> 1;
            if (has.test(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
