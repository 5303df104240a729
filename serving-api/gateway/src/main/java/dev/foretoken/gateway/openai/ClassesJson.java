package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.encode.EncodedRows;
import dev.foretoken.gateway.json.JsonWriter;
import java.util.List;

/** vLLM's answer to a request for classes: the most likely one's name, and the probability of each. */
public final class ClassesJson {

    private ClassesJson() {}

    /** @param manyLabels whether several classes can hold, so that each has a probability of its own */
    public static void write(JsonWriter out, ReplyHead head, boolean manyLabels, EncodedRows encoded) {
        out.raw("{\"id\":").string(head.id()).raw(",\"object\":\"list\",\"created\":");
        out.number(head.created()).raw(",\"model\":").string(head.model()).raw(",\"data\":[");
        for (int i = 0; i < encoded.rows().size(); i++) {
            float[] scores = encoded.rows().get(i);
            out.comma(i).raw("{\"index\":").number(i).raw(",\"label\":");
            out.string(label(encoded.labels(), largest(scores))).raw(",\"probs\":");
            EmbeddingsJson.numbers(out, manyLabels ? Softmax.each(scores) : Softmax.of(scores));
            out.raw(",\"num_classes\":").number(scores.length).raw("}");
        }
        out.raw("],\"usage\":");
        EmbeddingsJson.usage(out, encoded.tokens());
        out.raw("}");
    }

    /** As Hugging Face names classes that have no name. */
    private static String label(List<String> labels, int index) {
        return index < labels.size() ? labels.get(index) : "LABEL_" + index;
    }

    private static int largest(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }
}
