package dev.foretoken.batch;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import java.time.Instant;
import java.util.Optional;

/**
 * One request of a batch.
 *
 * @param id the caller's, by which the answer is found and by which a repetition is known; see {@link #isId}
 * @param model named outside of the body, in whose place it then is; empty = the body says
 * @param body the JSON of the endpoint's HTTP route, not read yet; not to be changed
 * @param tenant whose limits it counts against; empty = nobody's. Believed: who may write into a topic may speak for every tenant
 * @param deadline of civil time, after which an answer is of no use
 * @param trace the span that caused it
 */
public record BatchRequest(
        String id,
        BatchEndpoint endpoint,
        Optional<String> model,
        byte[] body,
        Optional<String> tenant,
        Priority priority,
        Optional<Instant> deadline,
        Optional<TraceParent> trace) {

    public static final int MOST_ID_CHARACTERS = 256;

    public BatchRequest {
        if (!isId(id)) {
            throw new IllegalArgumentException("an id has 1 to " + MOST_ID_CHARACTERS + " printable ASCII characters");
        }
    }

    /** Of the lowest class, without tenant, deadline or trace. */
    public BatchRequest(String id, BatchEndpoint endpoint, byte[] body) {
        this(
                id,
                endpoint,
                Optional.empty(),
                body,
                Optional.empty(),
                Priority.BATCH,
                Optional.empty(),
                Optional.empty());
    }

    /** Whether {@code text} may be an id: 1 to 256 printable ASCII characters, so that it is one line in logs and keys everywhere. */
    public static boolean isId(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_ID_CHARACTERS
                && text.chars().allMatch(character -> character >= ' ' && character <= '~');
    }
}
