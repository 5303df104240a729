package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.answer.FieldCheck;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;

/** The body of {@code POST /detokenize}. */
public record DetokenizeRequest(String model, int[] tokens) {

    public static DetokenizeRequest read(JsonFields body) {
        String model = body.requiredString("model");
        if (!body.has("tokens")) {
            throw body.invalid("tokens", "is missing, an array of token ids is needed");
        }
        return new DetokenizeRequest(model, body.ints("tokens"));
    }

    /** Appends {@code {"prompt":...}}; special tokens are part of the text, so that tokenizing it gives the ids back. */
    public void answer(JsonWriter out, ServedModel served) {
        int vocabulary = served.requireInfo().vocabularySize();
        for (int id : tokens) {
            FieldCheck.token("tokens", id, vocabulary);
        }
        out.raw("{\"prompt\":")
                .string(served.requireTokenizer().decode(tokens, false))
                .raw("}");
    }
}
