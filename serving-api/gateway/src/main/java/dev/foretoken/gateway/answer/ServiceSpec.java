package dev.foretoken.gateway.answer;

import dev.foretoken.contract.request.Priority;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the request may cost others, as a caller sent it.
 *
 * @param timeout null = the server's longest
 * @param cacheSalt a caller's own split of the prefix cache; empty = none
 */
public record ServiceSpec(Priority priority, @Nullable Duration timeout, String cacheSalt) {

    public static final ServiceSpec DEFAULT = new ServiceSpec(Priority.NORMAL, null, "");
}
