package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import java.util.List;

/**
 * Writes one answer as one body, or event by event as server-sent events. Belongs to one request; methods are called by one thread at a
 * time.
 */
public sealed interface ReplyFormat permits CompletionFormat, ChatFormat {

    /**
     * Appends the events that {@code event} calls for; often one, none when there is nothing new to show.
     *
     * @param prompt 0-based index of the prompt it answers
     */
    void chunk(JsonWriter out, int prompt, AnswerEvent event);

    /** Appends the event with the usage and no choices. */
    void usageChunk(JsonWriter out, AnswerUsage usage);

    /**
     * Appends the whole answer.
     *
     * @param choices ordered by prompt, then choice
     */
    void whole(JsonWriter out, List<Transcript> choices, AnswerUsage usage);
}
