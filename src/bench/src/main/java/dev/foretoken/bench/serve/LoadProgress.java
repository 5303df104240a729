package dev.foretoken.bench.serve;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;

/** Shows on standard error how far a run is: by requests, or by time when the requests are not limited. */
final class LoadProgress implements AutoCloseable {
    private final LoadLimits limits;
    private final ProgressBar bar = ProgressBar.onStandardError("bench serve");
    private int ended;
    private int failed;
    private long tokens;
    private double seconds;

    LoadProgress(LoadLimits limits) {
        this.limits = limits;
    }

    synchronized void ended(CallRecord call) {
        ended++;
        tokens += call.tokens().total();
        seconds = Math.max(seconds, call.endNanos() / 1e9);
        Fate fate = Fate.of(call.intent(), call.ending());
        failed += fate == Fate.FAILED || fate == Fate.MALFORMED_ACCEPTED ? 1 : 0;
        String detail = "%s ended, %s failed, %s tokens/s"
                .formatted(
                        Format.count(ended),
                        Format.count(failed),
                        Format.significant(seconds == 0 ? 0 : tokens / seconds));
        if (limits.requests() == Integer.MAX_VALUE) {
            bar.update(seconds, limits.duration().toNanos() / 1e9, detail);
        } else {
            bar.update(ended, limits.requests(), detail);
        }
    }

    @Override
    public synchronized void close() {
        bar.close();
    }
}
