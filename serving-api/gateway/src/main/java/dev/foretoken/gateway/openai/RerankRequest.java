package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.foretoken.gateway.answer.FieldCheck;
import dev.foretoken.gateway.encode.EncoderInput;
import dev.foretoken.gateway.json.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@code POST /v1/rerank}, as Cohere and Jina have it.
 *
 * @param documents that are ranked; at least one
 * @param topN of them that are sent back
 */
public record RerankRequest(EncoderWishes wishes, List<String> documents, int topN, boolean returnDocuments) {

    private static final String DOCUMENTS = "documents";

    /** @param maxTexts documents of one request */
    public static RerankRequest read(JsonFields body, ServiceHeaders headers, int maxTexts) {
        String query = body.requiredString("query");
        if (query.isEmpty()) {
            throw body.invalid("query", "is an empty text");
        }
        List<String> documents = documents(body, maxTexts);
        List<EncoderInput> pairs = documents.stream()
                .<EncoderInput>map(document -> new EncoderInput.Pair(query, document))
                .toList();
        return new RerankRequest(
                EncoderWishes.of(body, pairs, DOCUMENTS, headers),
                documents,
                FieldCheck.integer("top_n", body.integer("top_n"), documents.size(), 1, Integer.MAX_VALUE),
                body.bool("return_documents", false));
    }

    /** Texts, or objects with a field {@code text}. */
    private static List<String> documents(JsonFields body, int most) {
        JsonNode value = body.get(DOCUMENTS);
        if (!(value instanceof ArrayNode array) || array.isEmpty()) {
            throw body.invalid(DOCUMENTS, "is missing or empty; send an array of texts");
        }
        EncoderFields.checkCount(body, DOCUMENTS, array.size(), most);
        List<String> out = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            JsonNode text = element.isObject() ? element.path("text") : element;
            if (!text.isTextual()) {
                throw body.wrong(DOCUMENTS + "[" + out.size() + "]", "a text, or an object with a text", element);
            }
            out.add(text.textValue());
        }
        return out;
    }
}
