package dev.foretoken.batch.record;

import dev.foretoken.batch.BatchRequest;
import java.util.Optional;

/** What a record was read as. */
public sealed interface ReadRecord {

    /**
     * A request.
     *
     * @param replyTopic where the answer is wanted, which is allowed; empty = where all are
     */
    record Readable(BatchRequest request, Optional<String> replyTopic) implements ReadRecord {}

    /**
     * Something else.
     *
     * @param id of the request, where one was found
     * @param detail a sentence: what was found, what is needed
     * @param replyTopic where an answer is wanted, which is allowed; empty = where all are
     */
    record Poison(Optional<String> id, PoisonReason reason, String detail, Optional<String> replyTopic)
            implements ReadRecord {}
}
