package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.encode.EncoderInput;
import dev.foretoken.gateway.json.JsonFields;
import java.util.List;
import java.util.stream.IntStream;

/** The body of {@code POST /v1/score}, as vLLM has it: one text with each of several, or as many with as many. */
public record ScoreRequest(EncoderWishes wishes) {

    /** @param maxTexts pairs of one request */
    public static ScoreRequest read(JsonFields body, ServiceHeaders headers, int maxTexts) {
        List<String> first = texts(body, "text_1", maxTexts);
        List<String> second = texts(body, "text_2", maxTexts);
        if (first.size() != 1 && first.size() != second.size()) {
            throw body.invalid(
                    "text_1",
                    "has " + first.size() + " entries; send one, or as many as text_2, which has " + second.size());
        }
        List<EncoderInput> pairs = IntStream.range(0, second.size())
                .<EncoderInput>mapToObj(i -> new EncoderInput.Pair(first.get(first.size() == 1 ? 0 : i), second.get(i)))
                .toList();
        return new ScoreRequest(EncoderWishes.of(body, pairs, "text_2", headers));
    }

    private static List<String> texts(JsonFields body, String field, int most) {
        List<String> texts = body.strings(field);
        if (texts.isEmpty()) {
            throw body.invalid(field, "is missing or empty; send a text or an array of texts");
        }
        EncoderFields.checkCount(body, field, texts.size(), most);
        return texts;
    }
}
