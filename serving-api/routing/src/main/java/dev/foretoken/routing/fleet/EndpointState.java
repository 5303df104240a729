package dev.foretoken.routing.fleet;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.routing.cost.Backlog;
import dev.foretoken.routing.cost.FirstTokenEstimate;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.Standing;
import java.util.Optional;
import java.util.Set;

/** One engine: its last report and what was sent there. Used under the view's lock. */
final class EndpointState {

    private static final EndpointReport SILENT = new EndpointReport(Standing.NOT_READY, Set.of(), Optional.empty(), 0);

    final String name;
    /** Among the ready ones of the view; -1 = not ready. */
    int readyIndex = -1;

    /** Where the view's order has it; what is written here must not change while it is in there. */
    double order;

    private EndpointReport report = SILENT;
    private boolean heard;
    private final Backlog backlog = new Backlog();
    private int inFlight;
    private long lastTurn;
    private int sentSequences;
    private long sentTokens;
    private double sentNanos;

    EndpointState(String name) {
        this.name = name;
    }

    EndpointReport report() {
        return report;
    }

    /** When its work is done: what the view orders by. */
    double emptyAt() {
        return backlog.emptyAt();
    }

    /** Takes what is new. What was sent and is not among the sequences that it reports was still under way: it is ahead, too. */
    void take(EndpointReport newer) {
        if (heard && newer.equals(report)) {
            return;
        }
        int known = newer.load().map(load -> load.running() + load.waiting()).orElse(0);
        int unseen = Math.clamp((long) inFlight - known, 0, sentSequences);
        double share = sentSequences == 0 ? 0 : (double) unseen / sentSequences;
        sentTokens = Math.round(sentTokens * share);
        sentNanos *= share;
        sentSequences = unseen;
        report = newer;
        heard = true;
        backlog.reported(reportedNanos() + sentNanos, newer.at());
    }

    private double reportedNanos() {
        return report.load()
                .map(load -> FirstTokenEstimate.aheadNanos(load.work(), load.cost(), load.waiting()))
                .orElse(0.0);
    }

    /** {@code own}: tokens of the prompt that are not held there. */
    void sent(int promptTokens, int own, int choices, long turn, long now) {
        double nanos = Math.max(
                FirstTokenEstimate.promptNanos(cost(), promptTokens, promptTokens - own),
                choices * work().nanosPerPlace());
        inFlight += choices;
        lastTurn = turn;
        sentSequences += choices;
        sentTokens += own;
        sentNanos += nanos;
        backlog.sent(nanos, now);
    }

    void ended(int choices) {
        inFlight -= choices;
    }

    boolean isFresh(long now, long staleNanos) {
        return heard && now - report.at() <= staleNanos;
    }

    CandidateFeatures features(FleetQuestion question, int cachedTokens, long now, long staleNanos) {
        ModelLoad load = report.load().orElse(null);
        PrefillCost cost = cost();
        return new CandidateFeatures(
                standing(question),
                isFresh(now, staleNanos),
                load == null ? 0 : load.running() + load.waiting(),
                inFlight,
                work().tokens(),
                sentTokens,
                cost.isMeasured() ? backlog.nanos(now) : 0,
                cachedTokens,
                load == null ? 0 : load.cacheUsage(),
                cost,
                lastTurn,
                question.slowness().applyAsDouble(name));
    }

    Standing standing(FleetQuestion question) {
        if (question.excluded().contains(name)) {
            return Standing.EXCLUDED;
        }
        if (report.standing() == Standing.READY && question.open().contains(name)) {
            return Standing.BREAKER_OPEN;
        }
        boolean lacks = question.adapter().isPresent()
                && !report.adapters().contains(question.adapter().get());
        return report.standing() == Standing.READY && lacks ? Standing.LACKS_ADAPTER : report.standing();
    }

    private PrefillCost cost() {
        return report.load().map(ModelLoad::cost).orElse(PrefillCost.NONE);
    }

    private PromptWork work() {
        return report.load().map(ModelLoad::work).orElse(PromptWork.NONE);
    }
}
