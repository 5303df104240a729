package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.json.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@code POST /v1/completions}.
 *
 * @param prompts at least one
 * @param spec the rest of the request, with the first prompt in it
 * @param promptLogprobs whether the caller asked for {@code prompt_logprobs} by that name
 */
public record CompletionRequest(
        String model, List<PromptInput> prompts, AnswerSpec spec, ReplyOptions reply, boolean promptLogprobs) {

    /** OpenAI's. */
    private static final int DEFAULT_MAX_TOKENS = 16;

    public CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    /**
     * @param headers of the request
     * @param maxPrompts prompts of one request
     */
    public static CompletionRequest read(JsonFields body, RequestHeaders headers, int maxPrompts) {
        String model = body.requiredString("model");
        RefusedFields.checkCompletion(body);
        List<PromptInput> prompts = prompts(body, maxPrompts);
        boolean echo = body.bool("echo", false);
        Long logprobs = body.integer("logprobs");
        Long promptLogprobs = body.integer("prompt_logprobs");
        ReplyOptions reply = ReplyOptions.read(body, echo);
        if (promptLogprobs != null && reply.stream()) {
            throw body.invalid("prompt_logprobs", "cannot be streamed; use echo with logprobs, or set stream to false");
        }
        OutputSpec output = new OutputSpec(
                logprobs,
                "logprobs",
                promptLogprobs == null && echo ? logprobs : promptLogprobs,
                body.bool("skip_special_tokens", true),
                echo);
        AnswerSpec spec = new AnswerSpec(
                prompts.getFirst(),
                body.integer("n"),
                SharedFields.sampling(body),
                SharedFields.stop(body, body.integer("max_tokens"), "max_tokens", DEFAULT_MAX_TOKENS),
                output,
                SharedFields.service(body, headers.service()),
                PrefillFields.read(body, headers));
        return new CompletionRequest(model, prompts, spec, reply, promptLogprobs != null);
    }

    private static List<PromptInput> prompts(JsonFields body, int max) {
        JsonNode prompt = body.get("prompt");
        if (prompt == null) {
            throw body.invalid("prompt", "is missing; send text, token ids, or an array of either");
        }
        if (prompt.isTextual()) {
            return List.of(new PromptInput.Text(prompt.textValue()));
        }
        if (!(prompt instanceof ArrayNode array)) {
            throw body.wrong("prompt", "text, token ids, or an array of either", prompt);
        }
        if (array.isEmpty()) {
            throw body.invalid("prompt", "is an empty array, at least one prompt is needed");
        }
        if (array.get(0).isNumber()) {
            return List.of(new PromptInput.Tokens(TokenIds.of(body.ints("prompt", array))));
        }
        if (array.size() > max) {
            throw body.invalid("prompt", "has " + array.size() + " prompts, at most " + max + " are allowed");
        }
        return each(body, array);
    }

    private static List<PromptInput> each(JsonFields body, ArrayNode array) {
        List<PromptInput> out = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            String name = "prompt[" + out.size() + "]";
            if (element.isTextual()) {
                out.add(new PromptInput.Text(element.textValue()));
            } else if (element instanceof ArrayNode ids) {
                out.add(new PromptInput.Tokens(TokenIds.of(body.ints(name, ids))));
            } else {
                throw body.wrong(name, "text or token ids", element);
            }
        }
        return out;
    }
}
