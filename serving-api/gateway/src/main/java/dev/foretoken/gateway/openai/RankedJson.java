package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.encode.EncodedRows;
import dev.foretoken.gateway.json.JsonWriter;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How well texts answer a query, from 0 to 1. */
public final class RankedJson {

    private RankedJson() {}

    /** Best first; equal ones in the order sent. */
    public static void rerank(JsonWriter out, RerankRequest request, String id, String model, EncodedRows encoded) {
        out.raw("{\"id\":").string(id).raw(",\"model\":").string(model).raw(",\"results\":[");
        int[] order = IntStream.range(0, encoded.rows().size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -encoded.rows().get(i)[0]))
                .limit(request.topN())
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < order.length; i++) {
            out.comma(i).raw("{\"index\":").number(order[i]);
            if (request.returnDocuments()) {
                out.raw(",\"document\":{\"text\":")
                        .string(request.documents().get(order[i]))
                        .raw("}");
            }
            out.raw(",\"relevance_score\":");
            EmbeddingsJson.number(out, encoded.rows().get(order[i])[0]);
            out.raw("}");
        }
        out.raw("],\"usage\":");
        EmbeddingsJson.usage(out, encoded.tokens());
        out.raw("}");
    }

    /** vLLM's answer to {@code /v1/score}: in the order sent. */
    public static void score(JsonWriter out, ReplyHead head, EncodedRows encoded) {
        out.raw("{\"id\":").string(head.id()).raw(",\"object\":\"list\",\"created\":");
        out.number(head.created()).raw(",\"model\":").string(head.model()).raw(",\"data\":[");
        for (int i = 0; i < encoded.rows().size(); i++) {
            out.comma(i).raw("{\"index\":").number(i).raw(",\"object\":\"score\",\"score\":");
            EmbeddingsJson.number(out, encoded.rows().get(i)[0]);
            out.raw("}");
        }
        out.raw("],\"usage\":");
        EmbeddingsJson.usage(out, encoded.tokens());
        out.raw("}");
    }
}
