package dev.foretoken.bench.report;

import java.util.Locale;

/** How quantities read in tables: the same number of digits everywhere, the unit in the text. */
public final class Format {
    private Format() {}

    /** A duration, from "0.42 ms" to "12.3 s"; input in seconds. */
    public static String seconds(double seconds) {
        if (seconds < 1) {
            return significant(seconds * 1e3) + " ms";
        }
        return significant(seconds) + " s";
    }

    /** Three significant digits, grouped in thousands from 1,000 on. */
    public static String significant(double value) {
        double size = Math.abs(value);
        if (size >= 1000 || size == 0) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        String digits = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, digits, value);
    }

    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A share of one as "97.3 %". */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
