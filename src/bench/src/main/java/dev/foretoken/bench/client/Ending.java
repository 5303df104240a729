package dev.foretoken.bench.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a call ended; exactly one per call. */
public sealed interface Ending {

    /** The answer is whole. */
    record Completed(
            @Nullable String finishReason, @Nullable Usage usage) implements Ending {}

    /** This client left on purpose. */
    record Cancelled() implements Ending {}

    /** The server answered with an error status. {@code code}: {@code error.code} of its body, if any. */
    record Refused(int status, @Nullable String code, String message) implements Ending {}

    /** The server reported an error after the stream had begun. */
    record FailedInStream(String message) implements Ending {}

    /** The connection ended before the answer did. */
    record Disconnected(String detail) implements Ending {}

    /** No connection could be made. */
    record Unreachable(String detail) implements Ending {}

    /** The answer took longer than this client waits. */
    record TimedOut(Duration limit) implements Ending {}

    /** The answer does not follow the protocol. */
    record Garbled(String detail) implements Ending {}

    /** The key under which a report counts it: {@code completed}, {@code http_429}, {@code disconnected}, ... */
    default String key() {
        return switch (this) {
            case Completed c -> "completed";
            case Cancelled c -> "cancelled";
            case Refused r -> "http_" + r.status();
            case FailedInStream f -> "failed_in_stream";
            case Disconnected d -> "disconnected";
            case Unreachable u -> "unreachable";
            case TimedOut t -> "timed_out";
            case Garbled g -> "garbled";
        };
    }

    /** What to tell a person about it. */
    default String detail() {
        return switch (this) {
            case Completed c -> "finish reason " + c.finishReason();
            case Cancelled c -> "cancelled by this client";
            case Refused r -> r.message();
            case FailedInStream f -> f.message();
            case Disconnected d -> d.detail();
            case Unreachable u -> u.detail();
            case TimedOut t -> "no end of the answer within " + t.limit().toMillis() + " ms";
            case Garbled g -> g.detail();
        };
    }
}
