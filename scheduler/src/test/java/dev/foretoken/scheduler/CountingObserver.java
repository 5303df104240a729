package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.PrefillMode;
import java.util.EnumMap;
import java.util.Map;

/** Counts what tests ask for. */
final class CountingObserver implements SchedulerObserver {

    int preemptions;
    int hitTokens;
    int promptTokensComputed;
    int drafts;
    int proposedTokens;
    int acceptedTokens;
    int predictedSequences;
    int predictedTokens;
    int repairTokens;
    int repairs;
    int repairsGivenUp;
    private final Map<CheckpointEvent, Integer> checkpoints = new EnumMap<>(CheckpointEvent.class);
    private final Map<PrefixOutcome, Integer> outcomes = new EnumMap<>(PrefixOutcome.class);
    PrefixOutcome lastOutcome = PrefixOutcome.SWITCHED_OFF;

    @Override
    public void started(long queueNanos) {}

    @Override
    public void prefixLookedUp(PrefixOutcome outcome, int queried, int hit) {
        lastOutcome = outcome;
        outcomes.merge(outcome, 1, Integer::sum);
        hitTokens += hit;
    }

    @Override
    public void promptComputed(int tokens) {
        promptTokensComputed += tokens;
    }

    @Override
    public void firstToken(long prefillNanos) {}

    @Override
    public void nextToken(long sincePreviousNanos) {}

    @Override
    public void preempted() {
        preemptions++;
    }

    @Override
    public void drafted(int proposed, int accepted) {
        Invariants.require(accepted >= 0 && accepted <= proposed, accepted + " of " + proposed + " accepted");
        drafts++;
        proposedTokens += proposed;
        acceptedTokens += accepted;
    }

    @Override
    public void checkpoint(CheckpointEvent event) {
        checkpoints.merge(event, 1, Integer::sum);
    }

    int count(CheckpointEvent event) {
        return checkpoints.getOrDefault(event, 0);
    }

    int count(PrefixOutcome outcome) {
        return outcomes.getOrDefault(outcome, 0);
    }

    @Override
    public void prefilled(PrefillMode mode) {
        predictedSequences += mode == PrefillMode.PREDICTED ? 1 : 0;
    }

    @Override
    public void promptPredicted(int tokens) {
        predictedTokens += tokens;
    }

    @Override
    public void repairComputed(int tokens) {
        repairTokens += tokens;
    }

    @Override
    public void repaired(int generated) {
        repairs++;
    }

    @Override
    public void repairGivenUp() {
        repairsGivenUp++;
    }

    @Override
    public void finished(FinishReason reason, Usage usage) {}

    @Override
    public void failed(ErrorCode code) {}
}
