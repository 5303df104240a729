package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.json.JsonFields;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /v1/classify}, as vLLM has it. */
public record ClassifyRequest(EncoderWishes wishes) {

    /** @param maxTexts inputs of one request */
    public static ClassifyRequest read(JsonFields body, @Nullable Duration timeout, int maxTexts) {
        return new ClassifyRequest(
                EncoderWishes.of(body, EncoderFields.inputs(body, "input", maxTexts), "input", timeout));
    }
}
