package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.json.JsonFields;

/** The body of {@code POST /v1/classify}, as vLLM has it. */
public record ClassifyRequest(EncoderWishes wishes) {

    /** @param maxTexts inputs of one request */
    public static ClassifyRequest read(JsonFields body, ServiceHeaders headers, int maxTexts) {
        return new ClassifyRequest(
                EncoderWishes.of(body, EncoderFields.inputs(body, "input", maxTexts), "input", headers));
    }
}
