package dev.foretoken.app.terminal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers as people read them in a table. */
public final class Figures {

    private static final long KIB = 1024;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final double HUNDRED = 100;

    private Figures() {}

    /** Three significant digits at least: {@code 17.2 MiB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= KIB && unit < UNITS.length - 1) {
            value /= KIB;
            unit++;
        }
        String digits = unit == 0 || value >= HUNDRED
                ? Long.toString(Math.round(value))
                : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
        return digits + " " + UNITS[unit];
    }

    /** {@code digits} after the point. */
    public static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** A share of one as a percentage with one digit. */
    public static String percent(double share) {
        return number(share * HUNDRED, 1) + " %";
    }

    /** UTC, to the minute. */
    public static String time(Instant time) {
        return MINUTE.format(time);
    }
}
