package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import java.util.Map;

/**
 * The body of {@code POST /v1/chat/completions}.
 *
 * @param prepareNextTurn whether the caller is going to go on with this chat
 * @param spec its prompt is a placeholder until the model's template has rendered {@code chat}
 */
public record ChatRequest(String model, ChatInput chat, AnswerSpec spec, ReplyOptions reply, boolean prepareNextTurn) {

    public static ChatRequest read(JsonFields body, RequestHeaders headers) {
        String model = body.requiredString("model");
        RefusedFields.checkChat(body);
        ReplyOptions reply = ReplyOptions.read(body, false);
        AnswerSpec spec = new AnswerSpec(
                new PromptInput.RenderedChat(""),
                body.integer("n"),
                SharedFields.sampling(body),
                stop(body),
                output(body, reply),
                SharedFields.service(body, headers.service()),
                PrefillFields.read(body, headers));
        return new ChatRequest(model, chat(body), spec, reply, prepareNextTurn(body));
    }

    private static boolean prepareNextTurn(JsonFields body) {
        boolean wanted = body.bool("prepare_next_turn", false);
        Long choices = body.integer("n");
        if (wanted && choices != null && choices != 1) {
            throw body.invalid("prepare_next_turn", "needs n to be 1: the next turn goes on with one answer");
        }
        return wanted;
    }

    /** The messages, tools and template variables; the tokenize route reads the same fields. */
    static ChatInput chat(JsonFields body) {
        return new ChatInput(
                ChatMessages.read(body),
                ChatTools.read(body),
                body.bool("add_generation_prompt", true),
                variables(body));
    }

    /** The template refuses names that the server itself provides. */
    private static Map<String, Object> variables(JsonFields body) {
        return body.object("chat_template_kwargs")
                .map(kwargs -> JsonValues.map(kwargs.node()))
                .orElse(Map.of());
    }

    private static StopSpec stop(JsonFields body) {
        boolean newName = body.has("max_completion_tokens");
        if (newName && body.has("max_tokens")) {
            throw body.invalid("max_tokens", "and max_completion_tokens are the same; send one of them");
        }
        String field = newName ? "max_completion_tokens" : "max_tokens";
        return SharedFields.stop(body, body.integer(field), field, null);
    }

    private static OutputSpec output(JsonFields body, ReplyOptions reply) {
        boolean logprobs = body.bool("logprobs", false);
        Long top = body.integer("top_logprobs");
        if (top != null && !logprobs) {
            throw body.invalid("top_logprobs", "needs logprobs to be true");
        }
        Long promptLogprobs = body.integer("prompt_logprobs");
        if (promptLogprobs != null && reply.stream()) {
            throw body.invalid("prompt_logprobs", "cannot be streamed; set stream to false");
        }
        Long wanted = logprobs ? (top == null ? Long.valueOf(0) : top) : null;
        return new OutputSpec(wanted, "top_logprobs", promptLogprobs, body.bool("skip_special_tokens", true), false);
    }
}
