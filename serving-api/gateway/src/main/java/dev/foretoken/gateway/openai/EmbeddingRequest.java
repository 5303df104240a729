package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.answer.FieldCheck;
import dev.foretoken.gateway.json.JsonFields;

/**
 * The body of {@code POST /v1/embeddings}.
 *
 * @param base64 vectors as the base64 of their little-endian fp32 numbers
 * @param dimensions numbers of a vector that are sent; 0 = all
 */
public record EmbeddingRequest(EncoderWishes wishes, boolean base64, int dimensions) {

    private static final int MOST_DIMENSIONS = 1 << 16;

    /** @param maxTexts inputs of one request */
    public static EmbeddingRequest read(JsonFields body, ServiceHeaders headers, int maxTexts) {
        return new EmbeddingRequest(
                EncoderWishes.of(body, EncoderFields.inputs(body, "input", maxTexts), "input", headers),
                base64(body),
                FieldCheck.integer("dimensions", body.integer("dimensions"), 0, 1, MOST_DIMENSIONS));
    }

    private static boolean base64(JsonFields body) {
        return switch (body.string("encoding_format").orElse("float")) {
            case "float" -> false;
            case "base64" -> true;
            default -> throw body.invalid("encoding_format", "must be float or base64");
        };
    }
}
