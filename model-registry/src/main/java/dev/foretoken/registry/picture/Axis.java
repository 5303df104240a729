package dev.foretoken.registry.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A range of values with round steps, wider than its values by a little, mapped to a stretch of a picture. */
record Axis(double least, double most, double step, double from, double to) {

    private static final int STEPS = 6;
    private static final double MARGIN = 0.06;
    private static final double[] ROUND = {1, 2, 2.5, 5, 10};

    /** @param from where the least value lies in the picture; may be above {@code to} */
    static Axis over(DoubleStream values, double from, double to) {
        double[] all = values.sorted().toArray();
        double low = all[0];
        double high = all[all.length - 1];
        double span = high > low ? high - low : Math.max(Math.abs(high) * 0.2, 1e-9);
        double least = low >= 0 ? Math.max(0, low - MARGIN * span) : low - MARGIN * span;
        double most = high + MARGIN * span;
        return new Axis(least, most, roundStep((most - least) / STEPS), from, to);
    }

    private static double roundStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        for (double round : ROUND) {
            if (round * power >= raw) {
                return round * power;
            }
        }
        return 10 * power;
    }

    double at(double value) {
        return from + (value - least) / (most - least) * (to - from);
    }

    /** The round values inside the range. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(least / step); i * step <= most; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** With as many digits as the steps need. */
    String label(double value) {
        return String.format(Locale.ROOT, "%." + digits() + "f", value);
    }

    /** With one digit more: for values between the steps. */
    String exact(double value) {
        return String.format(Locale.ROOT, "%." + (digits() + 1) + "f", value);
    }

    private int digits() {
        int digits = 0;
        double shown = step;
        while (digits < 9 && Math.abs(shown - Math.rint(shown)) > 1e-6 * shown) {
            shown *= 10;
            digits++;
        }
        return digits;
    }
}
