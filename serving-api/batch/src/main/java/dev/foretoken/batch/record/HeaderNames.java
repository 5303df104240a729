package dev.foretoken.batch.record;

/** What headers of records are called. Values are UTF-8. */
public final class HeaderNames {

    /** Version of the format. */
    public static final String VERSION = "foretoken-v";

    /** {@code application/json}, which is meant where it is not said, or {@code application/x-protobuf}. */
    public static final String CONTENT_TYPE = "content-type";

    public static final String MODEL = "foretoken-model";
    public static final String TENANT = "foretoken-tenant";
    public static final String PRIORITY = "foretoken-priority";

    /** An instant of ISO 8601, or milliseconds since 1970. */
    public static final String DEADLINE = "foretoken-deadline";

    /** Topic of the answer, where it is another than that of all. */
    public static final String REPLY_TOPIC = "foretoken-reply-topic";

    public static final String TRACE = "traceparent";

    /** Status of HTTP, of an answer. */
    public static final String STATUS = "foretoken-status";

    /** Of an answer that is an error: its code, such as {@code queue_full}. */
    public static final String ERROR = "foretoken-error";

    /** Of a dead letter: the name of its reason. */
    public static final String REASON = "foretoken-reason";

    /** Of a dead letter: a sentence for people. */
    public static final String DETAIL = "foretoken-detail";

    /** Of a dead letter: {@code topic/partition/offset} of the record. */
    public static final String SOURCE = "foretoken-source";

    /** Of a dead letter: how often it was tried. */
    public static final String TRIES = "foretoken-tries";

    /** Of a dead letter: what of the record is not in it. */
    public static final String CUT = "foretoken-cut";

    private HeaderNames() {}
}
