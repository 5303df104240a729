package dev.foretoken.batch.record;

import java.util.Locale;

/** Why a record is no request, however often it is read. */
public enum PoisonReason {
    /** The record has more bytes than are read. */
    OVERSIZED,
    /** The value is not what its format asks for. */
    MALFORMED,
    /** Written by a version that is not known here. */
    UNKNOWN_VERSION,
    UNKNOWN_CONTENT_TYPE,
    /** No id, one that cannot be, or two. */
    INVALID_ID,
    UNKNOWN_ENDPOINT,
    INVALID_HEADER,
    /** The answer is wanted in a topic that the operator does not allow. */
    REPLY_TOPIC_REFUSED,
    /** Another request has its id. */
    ID_CONFLICT,
    ;

    /** As in headers, metrics and logs. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
