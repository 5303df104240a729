package dev.foretoken.gateway.openai;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.tenant.PriorityNames;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What headers say of any request.
 *
 * @param timeout null = nothing
 * @param priority null = nothing; where the body says it too, the body counts
 */
public record ServiceHeaders(
        @Nullable Duration timeout, @Nullable Priority priority) {

    /** @throws dev.foretoken.contract.ForetokenException INVALID_REQUEST */
    public static ServiceHeaders read(PrefillHeaders.Headers headers) {
        String name = headers.get(PriorityNames.HEADER);
        return new ServiceHeaders(
                TimeoutHeader.read(headers),
                name == null ? null : PriorityNames.parse(name.strip(), PriorityNames.HEADER));
    }
}
