package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.ProgressBar;

/** Shows how many tokens of all runs are generated. */
public final class RunProgress implements AutoCloseable {
    private final ProgressBar bar;
    private final long totalTokens;
    private long tokens;
    private String run = "";

    public RunProgress(ProgressBar bar, long totalTokens) {
        this.bar = bar;
        this.totalTokens = totalTokens;
    }

    /** @param number from 1; 0 is the run that does not count */
    public synchronized void begin(String what, int number) {
        run = what + (number == 0 ? ", warm-up: " : ", run " + number + ": ");
        bar.update(tokens, totalTokens, run + "reading prompts");
    }

    public synchronized void token() {
        tokens++;
        bar.update(tokens, totalTokens, run + "generating");
    }

    @Override
    public synchronized void close() {
        bar.close();
    }
}
