package dev.foretoken.gateway.openai;

import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerFinish;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One choice from its first to its last event, for an answer that is sent whole. */
public final class Transcript {

    private final TokenIds prompt;
    private final StringBuilder text = new StringBuilder();
    private final List<ScoredToken> tokens = new ArrayList<>();
    private List<TokenLogprobs> promptScores = List.of();
    private @Nullable AnswerFinish finish;

    public Transcript(TokenIds prompt) {
        this.prompt = prompt;
    }

    public void take(AnswerEvent event) {
        switch (event) {
            case AnswerEvent.Started started -> {}
            case AnswerEvent.PromptScored scored -> promptScores = scored.logprobs();
            case AnswerEvent.Token token -> {
                text.append(token.text());
                tokens.add(new ScoredToken(token.tokenId(), token.logprobs()));
            }
            case AnswerEvent.Ended ended -> {
                text.append(ended.text());
                finish = ended.finish();
            }
        }
    }

    TokenIds prompt() {
        return prompt;
    }

    String text() {
        return text.toString();
    }

    List<ScoredToken> tokens() {
        return tokens;
    }

    int[] tokenIds() {
        return tokens.stream().mapToInt(ScoredToken::id).toArray();
    }

    List<TokenLogprobs> promptScores() {
        return promptScores;
    }

    AnswerFinish finish() {
        if (finish == null) {
            throw new IllegalStateException("the choice has not ended");
        }
        return finish;
    }
}
