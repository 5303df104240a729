package dev.foretoken.gateway.rollout;

import dev.foretoken.gateway.answer.AnswerEvent;
import java.util.function.Consumer;

/** Sees an answer that is mirrored: has its shadow begun at the first token, and keeps its tokens. For the answer's reader. */
final class ShadowListener implements Consumer<AnswerEvent> {

    private final TokenLog tokens;
    private final ShadowPair pair;
    private final Runnable begin;
    private boolean begun;

    ShadowListener(int mostTokens, ShadowPair pair, Runnable begin) {
        this.tokens = new TokenLog(mostTokens);
        this.pair = pair;
        this.begin = begin;
    }

    @Override
    public void accept(AnswerEvent event) {
        switch (event) {
            case AnswerEvent.Token token -> {
                tokens.add(token.tokenId());
                if (!begun) {
                    begun = true;
                    begin.run();
                }
            }
            case AnswerEvent.Ended ended -> pair.primaryEnded(tokens.toArray());
            case AnswerEvent.Started started -> {}
            case AnswerEvent.PromptScored scored -> {}
        }
    }
}
