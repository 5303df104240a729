package dev.foretoken.app.terminal;

import dev.foretoken.contract.runtime.LoadProgress;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line that moves on, for work that takes longer than {@value #SHOW_AFTER_MILLIS} ms. On a stream that is no terminal it writes a line
 * per stage, so that logs stay readable.
 */
public final class ProgressBar implements LoadProgress, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ProgressBar.class.getName());
    private static final long SHOW_AFTER_MILLIS = 500;
    private static final long REDRAW_MILLIS = 100;
    private static final int WIDTH = 24;
    private static final long MIB = 1 << 20;

    /** What {@code done} and {@code total} count. */
    public enum Unit {
        BYTES,
        STEPS,
        ;

        String of(long done, long total) {
            return switch (this) {
                case BYTES -> "of " + Math.max(1, total / MIB) + " MiB";
                case STEPS -> "(" + done + " of " + total + ")";
            };
        }
    }

    private final PrintStream out;
    private final Unit unit;
    private final boolean terminal;
    private final LongSupplier millis;
    private final long start;
    private long lastDraw;
    private String lastStage = "";
    private boolean drawn;
    private boolean closed;
    private @Nullable Thread hook;

    /** @param millis monotonic clock */
    public ProgressBar(PrintStream out, Unit unit, boolean terminal, LongSupplier millis) {
        this.out = out;
        this.unit = unit;
        this.terminal = terminal;
        this.millis = millis;
        this.start = millis.getAsLong();
    }

    public static ProgressBar onStderr() {
        return onStderr(Unit.BYTES);
    }

    public static ProgressBar onStderr(Unit unit) {
        ProgressBar bar =
                new ProgressBar(System.err, unit, System.console() != null, () -> System.nanoTime() / 1_000_000);
        bar.clearAtExit();
        return bar;
    }

    /** Whoever ends the process by Ctrl-C finds no half of a line in front of what comes next. */
    private synchronized void clearAtExit() {
        Thread atExit = Thread.ofPlatform().name("progress-end").unstarted(this::clear);
        Runtime.getRuntime().addShutdownHook(atExit);
        hook = atExit;
    }

    @Override
    public synchronized void update(String stage, long done, long total) {
        long now = millis.getAsLong();
        boolean newStage = !stage.equals(lastStage);
        if (closed || now - start < SHOW_AFTER_MILLIS || (!newStage && now - lastDraw < REDRAW_MILLIS)) {
            return;
        }
        if (terminal) {
            out.print("\r\033[K" + line(stage, unit, done, total));
            out.flush();
            drawn = true;
        } else if (newStage) {
            out.println(stage);
        }
        lastDraw = now;
        lastStage = stage;
    }

    static String line(String stage, Unit unit, long done, long total) {
        double share = total <= 0 ? 0 : Math.clamp((double) done / total, 0, 1);
        int filled = (int) (share * WIDTH);
        return stage + " [" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + Math.round(share * 100) + " % "
                + unit.of(done, total);
    }

    /** Writes a sentence above the line. */
    public synchronized void say(String sentence) {
        clearLine();
        out.println(sentence);
    }

    private void clearLine() {
        if (drawn) {
            out.print("\r\033[K");
            out.flush();
            drawn = false;
        }
    }

    private synchronized void clear() {
        closed = true;
        clearLine();
    }

    /** Clears the line. */
    @Override
    public void close() {
        clear();
        Thread atExit;
        synchronized (this) {
            atExit = hook;
            hook = null;
        }
        if (atExit != null) {
            forget(atExit);
        }
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.TRACE, "the process ends already", e);
        }
    }
}
