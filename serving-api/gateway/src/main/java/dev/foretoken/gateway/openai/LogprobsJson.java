package dev.foretoken.gateway.openai;

import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.text.TokenText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes log-probabilities in the three shapes callers know: chat, completions, and vLLM's prompt_logprobs. */
final class LogprobsJson {

    private final TokenNames names;

    LogprobsJson(TokenNames names) {
        this.names = names;
    }

    /** {@code {"content":[{"token","logprob","bytes","top_logprobs":[...]}],"refusal":null}}. */
    void chat(JsonWriter out, List<ScoredToken> tokens) {
        out.raw("{\"content\":[");
        for (int i = 0; i < tokens.size(); i++) {
            TokenLogprobs scores = tokens.get(i).logprobs();
            if (scores != null) {
                chatEntry(out.comma(i), scores);
            }
        }
        out.raw("],\"refusal\":null}");
    }

    private void chatEntry(JsonWriter out, TokenLogprobs scores) {
        out.raw("{");
        chatToken(out, scores.tokenId(), scores.logprob());
        out.raw(",\"top_logprobs\":[");
        for (int i = 0; i < scores.topIds().length; i++) {
            chatToken(out.comma(i).raw("{"), scores.topIds()[i], scores.topLogprobs()[i]);
            out.raw("}");
        }
        out.raw("]}");
    }

    private void chatToken(JsonWriter out, int id, float logprob) {
        TokenText token = names.of(id);
        out.raw("\"token\":").string(token.text());
        out.raw(",\"logprob\":").logprob(logprob);
        out.raw(",\"bytes\":").numbers(token.bytes());
    }

    /**
     * {@code {"tokens":[],"token_logprobs":[],"top_logprobs":[],"text_offset":[]}}.
     *
     * @param offset characters before the first token
     * @return characters before the token after the last
     */
    int completion(JsonWriter out, List<ScoredToken> tokens, int offset) {
        List<TokenText> texts = tokens.stream().map(t -> names.of(t.id())).toList();
        out.raw("{\"tokens\":[");
        for (int i = 0; i < texts.size(); i++) {
            out.comma(i).string(texts.get(i).text());
        }
        out.raw("],\"token_logprobs\":[");
        for (int i = 0; i < tokens.size(); i++) {
            orNull(out.comma(i), tokens.get(i).logprobs());
        }
        out.raw("],\"top_logprobs\":[");
        for (int i = 0; i < tokens.size(); i++) {
            alternatives(out.comma(i), tokens.get(i).logprobs());
        }
        out.raw("],\"text_offset\":[");
        int next = offset;
        for (int i = 0; i < texts.size(); i++) {
            out.comma(i).number(next);
            next += texts.get(i).text().length();
        }
        out.raw("]}");
        return next;
    }

    private static void orNull(JsonWriter out, @Nullable TokenLogprobs scores) {
        if (scores == null) {
            out.raw("null");
        } else {
            out.logprob(scores.logprob());
        }
    }

    /** By text: of ids with equal text the likelier one counts, since JSON keys must not repeat. */
    private void alternatives(JsonWriter out, @Nullable TokenLogprobs scores) {
        if (scores == null) {
            out.raw("null");
            return;
        }
        Map<String, Float> byText = new LinkedHashMap<>();
        for (int i = 0; i < scores.topIds().length; i++) {
            byText.putIfAbsent(names.of(scores.topIds()[i]).text(), scores.topLogprobs()[i]);
        }
        byText.putIfAbsent(names.of(scores.tokenId()).text(), scores.logprob());
        out.raw("{");
        int next = 0;
        for (Map.Entry<String, Float> entry : byText.entrySet()) {
            out.comma(next++).string(entry.getKey()).raw(":").logprob(entry.getValue());
        }
        out.raw("}");
    }

    /** {@code [null,{"<id>":{"logprob","rank","decoded_token"},...},...]}. */
    void prompt(JsonWriter out, List<TokenLogprobs> scores) {
        out.raw("[null");
        for (TokenLogprobs position : scores) {
            out.raw(",{");
            ranked(out, position.tokenId(), position.logprob(), position.rank());
            for (int i = 0; i < position.topIds().length; i++) {
                if (position.topIds()[i] != position.tokenId()) {
                    ranked(out.raw(","), position.topIds()[i], position.topLogprobs()[i], i + 1);
                }
            }
            out.raw("}");
        }
        out.raw("]");
    }

    private void ranked(JsonWriter out, int id, float logprob, int rank) {
        out.raw("\"").number(id).raw("\":{\"logprob\":").logprob(logprob);
        out.raw(",\"rank\":").number(rank);
        out.raw(",\"decoded_token\":").string(names.of(id).text()).raw("}");
    }
}
