package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.answer.AnswerFinish;
import dev.foretoken.gateway.answer.AnswerPrefill;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.PrefillChoice;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of JSON that both formats share. The head is made once per request, when it is first written, so that a chunk is mostly a copy.
 * One thread at a time.
 */
final class ReplyParts {

    private static final String DATA = "data: ";

    private final ReplyHead head;
    private final String eventObject;
    private final String bodyObject;
    private final byte[] eventTail;
    private byte @Nullable [] eventHead;

    /** @param usageInEvents whether events without usage say so, as OpenAI does when usage was asked for */
    ReplyParts(ReplyHead head, String eventObject, String bodyObject, boolean usageInEvents) {
        this.head = head;
        this.eventObject = eventObject;
        this.bodyObject = bodyObject;
        this.eventTail = new JsonWriter()
                .raw(usageInEvents ? "}],\"usage\":null}\n\n" : "}]}\n\n")
                .toBytes();
    }

    private byte[] eventHead() {
        byte[] made = eventHead;
        if (made == null) {
            made = head(new JsonWriter().raw(DATA), eventObject).toBytes();
            eventHead = made;
        }
        return made;
    }

    private JsonWriter head(JsonWriter out, String object) {
        out.raw("{\"id\":").string(head.id()).raw(",\"object\":").string(object);
        out.raw(",\"created\":").number(head.created());
        out.raw(",\"model\":").string(head.model());
        out.raw(",\"system_fingerprint\":").string(head.fingerprint().get());
        return out.raw(",");
    }

    /** Up to the index of the event's one choice. */
    JsonWriter beginEvent(JsonWriter out, int index) {
        return out.raw(eventHead()).raw("\"choices\":[{\"index\":").number(index);
    }

    /** Between what the head says and the choices: top-level fields, each followed by a comma. */
    JsonWriter beginEvent(JsonWriter out) {
        return out.raw(eventHead());
    }

    void endEvent(JsonWriter out) {
        out.raw(eventTail);
    }

    void usageEvent(JsonWriter out, AnswerUsage usage) {
        out.raw(eventHead()).raw("\"choices\":[],");
        usage(out, usage);
        out.raw("}\n\n");
    }

    /** Writes one choice of a whole answer. */
    interface ChoiceWriter {
        void write(JsonWriter out, int index, Transcript choice);
    }

    /** A whole answer up to and with its usage; what a format adds, each after a comma, and the last brace are its own. */
    void body(JsonWriter out, List<Transcript> choices, AnswerUsage usage, ChoiceWriter writer) {
        head(out, bodyObject).raw("\"choices\":[");
        for (int i = 0; i < choices.size(); i++) {
            writer.write(out.comma(i), i, choices.get(i));
        }
        out.raw("],");
        usage(out, usage);
    }

    private static void usage(JsonWriter out, AnswerUsage usage) {
        out.raw("\"usage\":{\"prompt_tokens\":").number(usage.promptTokens());
        out.raw(",\"completion_tokens\":").number(usage.completionTokens());
        out.raw(",\"total_tokens\":").number((long) usage.promptTokens() + usage.completionTokens());
        out.raw(",\"prompt_tokens_details\":{\"cached_tokens\":").number(usage.cachedTokens());
        out.raw("},\"prefill\":");
        prefill(out, usage.prefill());
        out.raw("}");
    }

    private static void prefill(JsonWriter out, AnswerPrefill prefill) {
        out.raw("{\"mode\":\"").raw(PrefillChoice.text(prefill.mode()));
        out.raw("\",\"predicted_tokens\":").number(prefill.predictedTokens());
        out.raw(",\"repaired\":").raw(Boolean.toString(prefill.isRepaired())).raw(",\"repaired_at\":");
        if (prefill.repairedAt().isPresent()) {
            out.number(prefill.repairedAt().getAsInt());
        } else {
            out.raw("null");
        }
        out.raw("}");
    }

    /** {@code ,"finish_reason":...,"stop_reason":...}; the latter names the caller's stop string or token, as vLLM does. */
    static void finish(JsonWriter out, AnswerFinish finish) {
        out.raw(",\"finish_reason\":\"")
                .raw(finish.kind().name().toLowerCase(Locale.ROOT))
                .raw("\",\"stop_reason\":");
        String stop = finish.stopString();
        if (stop != null) {
            out.string(stop);
        } else if (finish.stopToken().isPresent()) {
            out.number(finish.stopToken().getAsInt());
        } else {
            out.raw("null");
        }
    }

    static void unfinished(JsonWriter out) {
        out.raw(",\"finish_reason\":null");
    }
}
