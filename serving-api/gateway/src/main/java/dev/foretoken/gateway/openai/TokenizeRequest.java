package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /tokenize}: {@code prompt}, or {@code messages} as a chat request has them.
 *
 * @param prompt null when {@code chat} is there
 * @param addSpecialTokens default: true for a prompt, false for a chat, whose template writes them
 * @param returnTokenStrings adds each token's text
 */
public record TokenizeRequest(
        String model,
        @Nullable String prompt,
        @Nullable ChatInput chat,
        boolean addSpecialTokens,
        boolean returnTokenStrings) {

    public static TokenizeRequest read(JsonFields body) {
        String model = body.requiredString("model");
        boolean strings = body.bool("return_token_strs", false);
        if (body.has("messages")) {
            if (body.has("prompt")) {
                throw body.invalid("prompt", "and messages exclude each other; send one of them");
            }
            ChatInput chat = ChatRequest.chat(body);
            return new TokenizeRequest(model, null, chat, body.bool("add_special_tokens", false), strings);
        }
        String prompt = body.requiredString("prompt");
        return new TokenizeRequest(model, prompt, null, body.bool("add_special_tokens", true), strings);
    }

    /** Appends {@code {"count","max_model_len","tokens","token_strs"}}. */
    public void answer(JsonWriter out, ServedModel served) {
        Tokenizer tokenizer = served.requireTokenizer();
        int[] ids = tokenizer.encode(text(served), addSpecialTokens);
        out.raw("{\"count\":").number(ids.length);
        out.raw(",\"max_model_len\":").number(served.requireInfo().contextTokens());
        out.raw(",\"tokens\":").numbers(ids).raw(",\"token_strs\":");
        if (returnTokenStrings) {
            out.raw("[");
            for (int i = 0; i < ids.length; i++) {
                out.comma(i).string(tokenizer.tokenText(ids[i]).text());
            }
            out.raw("]}");
        } else {
            out.raw("null}");
        }
    }

    private String text(ServedModel served) {
        if (chat != null) {
            return served.requireChat().render(chat);
        }
        return prompt == null ? "" : prompt;
    }
}
