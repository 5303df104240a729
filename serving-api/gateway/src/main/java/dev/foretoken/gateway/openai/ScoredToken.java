package dev.foretoken.gateway.openai;

import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A token with its log-probabilities; null at the prompt's first token, which has no predecessor. */
record ScoredToken(int id, @Nullable TokenLogprobs logprobs) {

    /** @param scores one per position from 1 on */
    static List<ScoredToken> prompt(TokenIds prompt, List<TokenLogprobs> scores) {
        List<ScoredToken> out = new ArrayList<>(prompt.size());
        out.add(new ScoredToken(prompt.get(0), null));
        for (int i = 1; i < prompt.size() && i <= scores.size(); i++) {
            out.add(new ScoredToken(prompt.get(i), scores.get(i - 1)));
        }
        return out;
    }
}
