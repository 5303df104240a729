package dev.foretoken.gateway.openai;

import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import java.util.List;

/** Answers of {@code /v1/chat/completions}: {@code chat.completion} and {@code chat.completion.chunk} objects. */
public final class ChatFormat implements ReplyFormat {

    private final ReplyOptions reply;
    private final TokenIds prompt;
    private final LogprobsJson logprobs;
    private final ReplyParts parts;
    private final boolean wantsLogprobs;
    private final boolean wantsPromptLogprobs;

    public ChatFormat(ReplyHead head, ChatRequest request, ServedModel model, TokenIds prompt) {
        this.reply = request.reply();
        this.prompt = prompt;
        this.logprobs = new LogprobsJson(new TokenNames(model.tokenizer()));
        this.parts = new ReplyParts(head, "chat.completion.chunk", "chat.completion", reply.includeUsage());
        this.wantsLogprobs = request.spec().output().topLogprobs() != null;
        this.wantsPromptLogprobs = request.spec().output().promptLogprobs() != null;
    }

    @Override
    public void chunk(JsonWriter out, int promptIndex, AnswerEvent event) {
        switch (event) {
            case AnswerEvent.Started started -> started(out, started.choice());
            case AnswerEvent.PromptScored scored -> {}
            case AnswerEvent.Token token -> token(out, token);
            case AnswerEvent.Ended ended -> {
                parts.beginEvent(out, ended.choice()).raw(",\"delta\":{");
                if (!ended.text().isEmpty()) {
                    out.raw("\"content\":").string(ended.text());
                }
                out.raw("},\"logprobs\":null");
                ReplyParts.finish(out, ended.finish());
                parts.endEvent(out);
            }
        }
    }

    private void started(JsonWriter out, int choice) {
        parts.beginEvent(out);
        if (reply.returnTokenIds()) {
            out.raw("\"prompt_token_ids\":").numbers(prompt.toArray()).raw(",");
        }
        out.raw("\"choices\":[{\"index\":").number(choice);
        out.raw(",\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null");
        ReplyParts.unfinished(out);
        parts.endEvent(out);
    }

    private void token(JsonWriter out, AnswerEvent.Token token) {
        if (token.text().isEmpty() && !wantsLogprobs && !reply.returnTokenIds()) {
            return;
        }
        parts.beginEvent(out, token.choice())
                .raw(",\"delta\":{\"content\":")
                .string(token.text())
                .raw("},\"logprobs\":");
        if (wantsLogprobs) {
            logprobs.chat(out, List.of(new ScoredToken(token.tokenId(), token.logprobs())));
        } else {
            out.raw("null");
        }
        if (reply.returnTokenIds()) {
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
        if (wantsPromptLogprobs) {
            logprobs.prompt(out.raw(",\"prompt_logprobs\":"), choices.getFirst().promptScores());
        }
        if (reply.returnTokenIds()) {
            out.raw(",\"prompt_token_ids\":").numbers(prompt.toArray());
        }
        out.raw("}");
    }

    private void choice(JsonWriter out, int index, Transcript choice) {
        out.raw("{\"index\":").number(index);
        out.raw(",\"message\":{\"role\":\"assistant\",\"content\":").string(choice.text());
        out.raw(",\"refusal\":null},\"logprobs\":");
        if (wantsLogprobs) {
            logprobs.chat(out, choice.tokens());
        } else {
            out.raw("null");
        }
        if (reply.returnTokenIds()) {
            out.raw(",\"token_ids\":").numbers(choice.tokenIds());
        }
        ReplyParts.finish(out, choice.finish());
        out.raw("}");
    }
}
