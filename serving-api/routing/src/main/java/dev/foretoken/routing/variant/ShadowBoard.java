package dev.foretoken.routing.variant;

import java.util.Locale;
import java.util.Optional;

/** Counts what shadows show, and says when there must be no more of them. Any thread. */
public final class ShadowBoard {

    private final ShadowLimits limits;
    private ShadowScore score = new ShadowScore(0, 0, 0, 0, 0, 0, 0, 0, 0, Optional.empty());

    public ShadowBoard(ShadowLimits limits) {
        this.limits = limits;
    }

    public synchronized void compared(TokenComparison found) {
        boolean same = found.firstDifference().isEmpty();
        judge(new ShadowScore(
                score.compared() + 1,
                score.identical() + (same ? 1 : 0),
                score.errors(),
                score.shed(),
                score.skipped(),
                score.comparedTokens() + found.compared(),
                score.equalTokens() + found.equal(),
                score.firstDifferences() + found.firstDifference().orElse(0),
                score.lengthDifference() + Math.abs(found.primaryTokens() - found.shadowTokens()),
                score.stopped()));
    }

    public synchronized void failed() {
        judge(counted(1, 0, 0));
    }

    public synchronized void shed() {
        judge(counted(0, 1, 0));
    }

    public synchronized void skipped() {
        score = counted(0, 0, 1);
    }

    public synchronized ShadowScore score() {
        return score;
    }

    public synchronized boolean isStopped() {
        return score.stopped().isPresent();
    }

    private ShadowScore counted(int errors, int shed, int skipped) {
        return new ShadowScore(
                score.compared(),
                score.identical(),
                score.errors() + errors,
                score.shed() + shed,
                score.skipped() + skipped,
                score.comparedTokens(),
                score.equalTokens(),
                score.firstDifferences(),
                score.lengthDifference(),
                score.stopped());
    }

    private void judge(ShadowScore now) {
        score = now.stopped().isPresent() || now.samples() < limits.minSamples() ? now : stopped(now, broken(now));
    }

    private static ShadowScore stopped(ShadowScore now, Optional<String> why) {
        return new ShadowScore(
                now.compared(),
                now.identical(),
                now.errors(),
                now.shed(),
                now.skipped(),
                now.comparedTokens(),
                now.equalTokens(),
                now.firstDifferences(),
                now.lengthDifference(),
                why);
    }

    private Optional<String> broken(ShadowScore now) {
        double samples = now.samples();
        return beyond("divergence", 1 - now.equalShare(), limits.maxDivergence())
                .or(() -> beyond("errors", now.errors() / samples, limits.maxErrors()))
                .or(() -> beyond("load", now.shed() / samples, limits.maxShed()));
    }

    private static Optional<String> beyond(String what, double share, double most) {
        return share > most
                ? Optional.of(
                        String.format(Locale.ROOT, "%s: a share of %.3f, at most %.3f is allowed", what, share, most))
                : Optional.empty();
    }
}
