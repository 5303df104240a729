package dev.foretoken.gateway.answer;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.EngineEvent.TokenGenerated;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.gateway.text.IncrementalDetokenizer;
import dev.foretoken.gateway.text.SequenceText;
import dev.foretoken.gateway.text.StopStrings;
import dev.foretoken.gateway.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/** One choice of an answer while it grows: its text, its token count, whether it is over. Used by the reading thread alone. */
final class ChoiceProgress {

    private final StopConditions stop;
    private final boolean showStopToken;
    private final @Nullable IncrementalDetokenizer detokenizer;
    private final @Nullable SequenceText text;
    private int tokens;
    private int lastToken = -1;
    private boolean ended;
    private AnswerPrefill prefill = AnswerPrefill.EXACT;

    ChoiceProgress(AnswerPlan plan) {
        this.stop = plan.generation().stop();
        this.showStopToken = plan.includeStop();
        Tokenizer tokenizer = plan.model().tokenizer().orElse(null);
        this.detokenizer = tokenizer == null ? null : tokenizer.detokenizer(plan.skipSpecialTokens());
        this.text = detokenizer == null
                ? null
                : new SequenceText(detokenizer, new StopStrings(plan.stopStrings(), plan.includeStop()));
    }

    void start(EngineEvent.Started started) {
        prefill = AnswerPrefill.started(started.prefill(), started.promptTokens(), started.cachedTokens());
    }

    /** @param promptTokens of the choice: what comes behind them was generated */
    void repaired(EngineEvent.Repaired repaired, int promptTokens) {
        prefill = prefill.repaired(repaired.position() - promptTokens);
    }

    /** Counts a token and returns the text that is final with it. */
    AnswerEvent.Token take(TokenGenerated event) {
        tokens++;
        lastToken = event.tokenId();
        return new AnswerEvent.Token(event.choice(), event.tokenId(), textOf(event.tokenId()), event.logprobs());
    }

    private String textOf(int tokenId) {
        if (text == null
                || detokenizer == null
                || (!showStopToken && stop.stopTokens().contains(tokenId))) {
            return "";
        }
        // Stop strings are not looked for before the least number of tokens is there.
        return tokens < stop.minTokens() ? detokenizer.append(tokenId) : text.append(tokenId);
    }

    /** The stop string the text has just run into, if any. */
    @Nullable
    String stopString() {
        return text == null ? null : text.stop();
    }

    AnswerEvent.Ended endAtString(int choice, String found) {
        ended = true;
        return new AnswerEvent.Ended(choice, "", AnswerFinish.atString(found), tokens);
    }

    /** Ends for the engine's reason; text that was held back may still complete a stop string. */
    AnswerEvent.Ended end(EngineEvent.Finished finished, boolean callersStopToken) {
        ended = true;
        prefill = AnswerPrefill.of(finished.usage().prefill());
        String rest = text == null ? "" : text.finish();
        String found = stopString();
        return new AnswerEvent.Ended(
                finished.choice(),
                rest,
                found != null ? AnswerFinish.atString(found) : finish(finished.reason(), callersStopToken),
                tokens);
    }

    private AnswerFinish finish(FinishReason reason, boolean callersStopToken) {
        return switch (reason) {
            case STOP_TOKEN -> callersStopToken ? AnswerFinish.atToken(lastToken) : AnswerFinish.END_OF_SEQUENCE;
            case LENGTH -> AnswerFinish.AT_LENGTH;
            case CONSTRAINT_COMPLETE -> AnswerFinish.END_OF_SEQUENCE;
            case CANCELLED -> throw new IllegalStateException("a cancelled choice has no finish");
        };
    }

    int lastToken() {
        return lastToken;
    }

    int tokens() {
        return tokens;
    }

    /** How its prompt came into the caches, as far as that is known. */
    AnswerPrefill prefill() {
        return prefill;
    }

    boolean ended() {
        return ended;
    }
}
