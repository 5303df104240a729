package dev.foretoken.batch.record;

import java.util.Optional;

/** Ends the reading of a record that is no request. Never leaves the package. */
final class PoisonException extends Exception {

    private final PoisonReason reason;
    private final String detail;

    PoisonException(PoisonReason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    ReadRecord.Poison poison(Optional<String> id, Optional<String> replyTopic) {
        return new ReadRecord.Poison(id, reason, detail, replyTopic);
    }
}
