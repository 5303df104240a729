package dev.foretoken.gateway.openai;

import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import java.util.ArrayList;
import java.util.List;

/** Answers of {@code /v1/completions}: {@code text_completion} objects. */
public final class CompletionFormat implements ReplyFormat {

    private final CompletionRequest request;
    private final List<TokenIds> prompts;
    private final int choicesPerPrompt;
    private final TokenNames names;
    private final LogprobsJson logprobs;
    private final ReplyParts parts;
    private final boolean wantsLogprobs;
    /** Per choice of the whole answer: characters before its next token. */
    private final int[] offsets;

    public CompletionFormat(ReplyHead head, CompletionRequest request, ServedModel model, List<TokenIds> prompts) {
        this.request = request;
        this.prompts = prompts;
        Long n = request.spec().choices();
        this.choicesPerPrompt = n == null ? 1 : Math.toIntExact(n);
        this.names = new TokenNames(model.tokenizer());
        this.logprobs = new LogprobsJson(names);
        this.parts = new ReplyParts(
                head, "text_completion", "text_completion", request.reply().includeUsage());
        this.wantsLogprobs = request.spec().output().topLogprobs() != null;
        this.offsets = new int[prompts.size() * choicesPerPrompt];
    }

    @Override
    public void chunk(JsonWriter out, int prompt, AnswerEvent event) {
        int index = prompt * choicesPerPrompt + event.choice();
        switch (event) {
            case AnswerEvent.Started started -> started(out, index, prompts.get(prompt));
            case AnswerEvent.PromptScored scored -> scored(out, index, prompts.get(prompt), scored.logprobs());
            case AnswerEvent.Token token -> token(out, index, token);
            case AnswerEvent.Ended ended -> {
                parts.beginEvent(out, index).raw(",\"text\":").string(ended.text());
                out.raw(",\"logprobs\":null");
                ReplyParts.finish(out, ended.finish());
                parts.endEvent(out);
            }
        }
    }

    /** With log-probabilities the echo waits for the prompt's scores. */
    private void started(JsonWriter out, int index, TokenIds prompt) {
        boolean echoNow = request.reply().echo() && !wantsLogprobs;
        if (!echoNow && !request.reply().returnTokenIds()) {
            return;
        }
        parts.beginEvent(out, index).raw(",\"text\":").string(echoNow ? echoed(index) : "");
        out.raw(",\"logprobs\":null");
        if (request.reply().returnTokenIds()) {
            out.raw(",\"prompt_token_ids\":").numbers(prompt.toArray());
        }
        ReplyParts.unfinished(out);
        parts.endEvent(out);
    }

    private void scored(JsonWriter out, int index, TokenIds prompt, List<TokenLogprobs> scores) {
        if (!request.reply().echo()) {
            return;
        }
        parts.beginEvent(out, index).raw(",\"text\":").string(echoed(index)).raw(",\"logprobs\":");
        offsets[index] = logprobs.completion(out, ScoredToken.prompt(prompt, scores), 0);
        ReplyParts.unfinished(out);
        parts.endEvent(out);
    }

    /** What the caller sent: its text without the special tokens that the tokenizer has added, or the text of its token ids. */
    private String echoed(int index) {
        int prompt = index / choicesPerPrompt;
        return switch (request.prompts().get(prompt)) {
            case PromptInput.Text(String text) -> text;
            case PromptInput.RenderedChat(String text) -> text;
            case PromptInput.Tokens tokens -> names.text(prompts.get(prompt).toArray());
        };
    }

    private void token(JsonWriter out, int index, AnswerEvent.Token token) {
        boolean ids = request.reply().returnTokenIds();
        if (token.text().isEmpty() && !wantsLogprobs && !ids) {
            return;
        }
        parts.beginEvent(out, index).raw(",\"text\":").string(token.text()).raw(",\"logprobs\":");
        if (wantsLogprobs) {
            ScoredToken scored = new ScoredToken(token.tokenId(), token.logprobs());
            offsets[index] = logprobs.completion(out, List.of(scored), offsets[index]);
        } else {
            out.raw("null");
        }
        if (ids) {
            out.raw(",\"token_ids\":[").number(token.tokenId()).raw("]");
        }
        ReplyParts.unfinished(out);
        parts.endEvent(out);
    }

    @Override
    public void usageChunk(JsonWriter out, AnswerUsage usage) {
        parts.usageEvent(out, usage);
    }

    @Override
    public void whole(JsonWriter out, List<Transcript> choices, AnswerUsage usage) {
        parts.body(out, choices, usage, this::choice);
        out.raw("}");
    }

    private void choice(JsonWriter out, int index, Transcript choice) {
        boolean echo = request.reply().echo();
        String echoed = echo ? echoed(index) : "";
        out.raw("{\"index\":").number(index).raw(",\"text\":").string(echoed + choice.text());
        out.raw(",\"logprobs\":");
        if (wantsLogprobs) {
            logprobs.completion(out, scoredTokens(choice, echo), 0);
        } else {
            out.raw("null");
        }
        if (request.promptLogprobs()) {
            logprobs.prompt(out.raw(",\"prompt_logprobs\":"), choice.promptScores());
        }
        if (request.reply().returnTokenIds()) {
            out.raw(",\"token_ids\":").numbers(choice.tokenIds());
            out.raw(",\"prompt_token_ids\":").numbers(choice.prompt().toArray());
        }
        ReplyParts.finish(out, choice.finish());
        out.raw("}");
    }

    private static List<ScoredToken> scoredTokens(Transcript choice, boolean echo) {
        if (!echo) {
            return choice.tokens();
        }
        List<ScoredToken> all = new ArrayList<>(ScoredToken.prompt(choice.prompt(), choice.promptScores()));
        all.addAll(choice.tokens());
        return all;
    }
}
