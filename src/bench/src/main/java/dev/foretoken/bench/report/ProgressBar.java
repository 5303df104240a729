package dev.foretoken.bench.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line on standard error that shows how far a long piece of work is. On a terminal it redraws in place ten times a
 * second; elsewhere (a log file) it prints a line every ten seconds.
 */
public final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final Duration REDRAW_TERMINAL = Duration.ofMillis(100);
    private static final Duration REDRAW_LOG = Duration.ofSeconds(10);

    private final String title;
    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private final long started;
    private long lastDrawn;
    private double done;
    private double total;
    private @Nullable String detail;

    public ProgressBar(String title, PrintStream out, boolean terminal, LongSupplier nanoClock) {
        this.title = title;
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.started = nanoClock.getAsLong();
        this.lastDrawn = started;
    }

    /** A bar on standard error, drawn in place when that is a terminal. */
    public static ProgressBar onStandardError(String title) {
        return new ProgressBar(title, System.err, Terminal.attached(), System::nanoTime);
    }

    /** Reports that {@code done} of {@code total} is finished; {@code detail} is shown behind the bar. */
    public synchronized void update(double done, double total, String detail) {
        long now = nanoClock.getAsLong();
        this.done = done;
        this.total = total;
        this.detail = detail;
        if (now - lastDrawn >= (terminal ? REDRAW_TERMINAL : REDRAW_LOG).toNanos()) {
            lastDrawn = now;
            draw(now);
        }
    }

    /** Draws the last state and moves to a new line. */
    @Override
    public synchronized void close() {
        if (detail != null) {
            draw(nanoClock.getAsLong());
            if (terminal) {
                out.println();
            }
        }
    }

    private void draw(long now) {
        String line = line((now - started) / 1e9);
        if (terminal) {
            out.print("\r\033[K" + line);
            out.flush();
        } else {
            out.println(line);
        }
    }

    private String line(double seconds) {
        double share = total <= 0 ? 0 : Math.min(1, done / total);
        int filled = (int) Math.round(share * WIDTH);
        String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
        String left = share > 0 && share < 1 ? ", %.0f s left".formatted(seconds / share - seconds) : "";
        return "%s [%s] %3.0f %%  %.0f s%s  %s".formatted(title, bar, 100 * share, seconds, left, detail);
    }
}
