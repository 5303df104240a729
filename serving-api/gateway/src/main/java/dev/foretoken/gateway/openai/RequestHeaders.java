package dev.foretoken.gateway.openai;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.model.PrefillChoice;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What headers say about an answer.
 *
 * @param timeout null = nothing
 * @param priority null = nothing; where the body says it too, the body counts
 * @param prefill where the body says it too, the body counts
 */
public record RequestHeaders(
        @Nullable Duration timeout, @Nullable Priority priority, PrefillChoice prefill) {}
