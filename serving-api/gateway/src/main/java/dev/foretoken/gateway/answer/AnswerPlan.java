package dev.foretoken.gateway.answer;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.gateway.model.ServedModel;
import java.time.Duration;
import java.util.List;

/**
 * A request that passed every check the edge can make, ready to be submitted.
 *
 * @param generation what the engine gets
 * @param stopStrings found by the edge
 * @param includeStop whether a found stop stays in the text
 * @param timeout from arrival to the last token
 */
public record AnswerPlan(
        GenerationRequest generation,
        ServedModel model,
        List<String> stopStrings,
        boolean includeStop,
        boolean skipSpecialTokens,
        Duration timeout) {

    public AnswerPlan {
        stopStrings = List.copyOf(stopStrings);
    }

    /** The same request, caused by a span of its caller's. */
    public AnswerPlan within(TraceParent cause) {
        return cause.isEmpty()
                ? this
                : new AnswerPlan(
                        generation.withIdentity(generation.identity().within(cause)),
                        model,
                        stopStrings,
                        includeStop,
                        skipSpecialTokens,
                        timeout);
    }

    public int promptTokens() {
        return generation.prompt().size();
    }
}
