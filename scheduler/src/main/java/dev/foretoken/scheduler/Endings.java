package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.Repair;

/** Ends sequences: exactly one last event each, and their memory back as soon as no step in flight touches it. */
final class Endings {

    private final SchedulerState state;
    private final PromptSharing sharing;

    Endings(SchedulerState state, PromptSharing sharing) {
        this.state = state;
        this.sharing = sharing;
    }

    void finish(Sequence sequence, FinishReason reason, long now) {
        Usage usage = new Usage(
                sequence.promptTokens(),
                sequence.group.cachedTokens(),
                sequence.generated(),
                sequence.prediction == null ? PrefillUsage.EXACT : sequence.prediction.usage(),
                sequence.times.timings(sequence.group.submittedAt(), now));
        end(sequence);
        state.observer.finished(reason, usage);
        sequence.group.sink().accept(new EngineEvent.Finished(sequence.choice, reason, usage));
    }

    void fail(Sequence sequence, ErrorCode code, String detail) {
        end(sequence);
        state.observer.failed(code);
        sequence.group.sink().accept(new EngineEvent.Failed(sequence.choice, code, detail));
    }

    /** Frees an ended sequence's memory once its last row in flight has come back. */
    void releaseWhenSettled(Sequence sequence) {
        if (sequence.rowsInFlight == 0) {
            sequence.releaseAll();
            state.lingering--;
        }
    }

    private void end(Sequence sequence) {
        switch (sequence.state) {
            case PARKED -> state.parked--;
            case WAITING -> state.waiting.remove(sequence);
            case RUNNING -> state.running.remove(sequence);
            case ENDED -> throw new IllegalStateException(sequence + " ends twice");
        }
        sequence.state = Sequence.State.ENDED;
        endPrediction(sequence);
        sharing.leaderEnded(sequence);
        state.waiting.leave(sequence);
        state.lingering++;
        releaseWhenSettled(sequence);
        sequence.group.oneEnded();
        if (sequence.group.isDone()) {
            sharing.forgetPrompt(sequence.group);
            state.groups.remove(sequence.group);
        }
    }

    private void endPrediction(Sequence sequence) {
        Prediction prediction = sequence.prediction;
        if (prediction != null && !prediction.isRepaired()) {
            state.predictions--;
            if (sequence.generated() > 0 && !(prediction.repair instanceof Repair.Never)) {
                state.observer.repairGivenUp();
            }
        }
    }
}
