package dev.foretoken.scheduler;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.scheduler.prefill.PrefillChoice;
import dev.foretoken.scheduler.prefill.PrefillChooser;
import dev.foretoken.scheduler.prefill.PrefillLoad;
import dev.foretoken.scheduler.prefill.WaitingPrompt;
import org.jspecify.annotations.Nullable;

/**
 * Decides once per request whether its prompt is computed or predicted, for all its choices, when the first of them is admitted. A prompt of
 * which all but the last token is cached is computed, and so is one behind which nothing is drawn.
 */
final class PrefillDecider {

    private final SchedulerState state;
    private final RequestCheck requests;
    private final PrefillChooser chooser;
    /** What was chosen for the prompt that is being admitted, until it is. */
    private @Nullable PrefillChoice choice;

    PrefillDecider(SchedulerState state, RequestCheck requests, PrefillChooser chooser) {
        this.state = state;
        this.requests = requests;
        this.chooser = chooser;
    }

    /** Decides for the request of {@code head}, which holds what is cached of it; false where that was decided or asked for nothing. */
    boolean decide(Sequence head) {
        PrefillOptions options = head.request().options().prefill();
        if (options.mode() == PrefillMode.EXACT || head.group.prefillDecided()) {
            return false;
        }
        if (isPredicted(head, options.mode())) {
            predict(head.group, head.scheduled);
        }
        head.group.prefillDecided(true);
        return true;
    }

    /** The prompt that was decided on last, if any, is admitted. */
    void keep() {
        PrefillChoice made = choice;
        if (made != null) {
            chooser.chosen(made);
            choice = null;
        }
    }

    /** {@code head} could not be admitted: what was decided is decided again. */
    void forget(Sequence head) {
        SequenceGroup group = head.group;
        choice = null;
        group.prefillDecided(false);
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sequence = group.sequence(choice);
            state.predictions -= sequence.prediction == null ? 0 : 1;
            sequence.prediction = null;
        }
    }

    private void predict(SequenceGroup group, int exact) {
        PrefillOptions options = group.request().options().prefill();
        group.cachedTokens(exact);
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sequence = group.sequence(choice);
            if (!sequence.ended()) {
                sequence.prediction = new Prediction(exact, sequence.promptTokens(), options.repair());
                state.predictions++;
            }
        }
    }

    private boolean isPredicted(Sequence head, PrefillMode mode) {
        if (head.scheduled >= head.promptTokens() - 1
                || head.maxLength == head.promptTokens()
                || !requests.predicts(head.request())) {
            return false;
        }
        if (mode == PrefillMode.PREDICTED) {
            return true;
        }
        PrefillChoice made = chooser.choose(prompt(head), load(head));
        choice = made;
        return made.mode() == PrefillMode.PREDICTED;
    }

    private WaitingPrompt prompt(Sequence head) {
        return new WaitingPrompt(
                head.promptTokens(),
                head.scheduled,
                state.now - head.group.submittedAt(),
                head.request().service().ttftObjective());
    }

    private PrefillLoad load(Sequence head) {
        int generating = 0;
        long context = 0;
        long exact = 0;
        long auxiliary = 0;
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            Prediction prediction = sequence.prediction;
            if (sequence.isDecoding()) {
                generating++;
                context += sequence.scheduled + 1;
            } else if (sequence.priority().compareTo(head.priority()) > 0) {
                continue;
            } else if (prediction != null && prediction.isFilling(sequence.scheduled)) {
                auxiliary += prediction.end() - prediction.auxiliary;
            } else {
                exact += Math.max(0, sequence.remaining());
            }
        }
        return new PrefillLoad(generating, context, exact, auxiliary, state.waiting.upTo(head.priority()) - 1);
    }
}
