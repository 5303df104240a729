package dev.foretoken.gateway.picker;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.wire.extproc.HttpBody;
import dev.foretoken.wire.extproc.HttpHeaders;
import dev.foretoken.wire.extproc.ProcessingMode.BodySendMode;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as a gateway tells of it, and what the gateway is told. Holds a place among the requests under way, and counts the request at the
 * endpoint that was chosen, until it is closed; before that choice it counts at its tenant. One thread at a time.
 */
final class PickConversation implements AutoCloseable {

    private static final int SERVER_ERROR = 500;

    private final Gateway gateway;
    private final Picker picker;
    private final Consumer<Runnable> whenLeft;
    private BodySendMode requestMode = BodySendMode.FULL_DUPLEX_STREAMED;
    private BodySendMode responseMode = BodySendMode.FULL_DUPLEX_STREAMED;
    private ByteString body = ByteString.EMPTY;
    private @Nullable Asked asked;
    private @Nullable Pick pick;
    private @Nullable String route;

    /** A request whose head has come. */
    private record Asked(HttpHead head, Tenant tenant, Optional<Set<String>> subset, Gateway.PassThrough place) {}

    /** @param whenLeft as of an {@link Asker} */
    PickConversation(Gateway gateway, Picker picker, Consumer<Runnable> whenLeft) {
        this.gateway = gateway;
        this.picker = picker;
        this.whenLeft = whenLeft;
    }

    /**
     * What to answer to a message, in order.
     *
     * @throws ForetokenException when the caller is to be refused
     * @throws io.grpc.StatusRuntimeException when the gateway asks for what is no part of this protocol
     */
    List<ProcessingResponse> answer(ProcessingRequest message) {
        if (asked == null && !message.hasRequestHeaders()) {
            throw unexpected("a message before the head of its request"); // Nobody knows yet who asks.
        }
        return switch (message.getRequestCase()) {
            case REQUEST_HEADERS -> head(message, message.getRequestHeaders());
            case REQUEST_BODY -> piece(message.getRequestBody());
            case REQUEST_TRAILERS -> trailers();
            case RESPONSE_HEADERS -> answered(message);
            case RESPONSE_BODY -> List.of(answerPiece(message.getResponseBody()));
            case RESPONSE_TRAILERS -> {
                over();
                yield List.of(PickReplies.responseTrailers());
            }
            case REQUEST_NOT_SET -> throw unexpected("a message without content");
        };
    }

    /** Whether an endpoint was chosen. */
    boolean isDecided() {
        return pick != null;
    }

    private boolean awaitsBody() {
        return asked != null && pick == null;
    }

    /** The record of what was decided; null = nothing was. */
    @Nullable
    String route() {
        return route;
    }

    private List<ProcessingResponse> head(ProcessingRequest message, HttpHeaders headers) {
        if (asked != null) {
            throw unexpected("a second head of a request");
        }
        if (message.hasProtocolConfig()) {
            requestMode = message.getProtocolConfig().getRequestBodyMode();
            responseMode = message.getProtocolConfig().getResponseBodyMode();
        }
        if (!headers.getEndOfStream()) {
            requireBody();
        }
        HttpHead head = HttpHead.of(headers.getHeaders());
        Tenant tenant = gateway.authenticator()
                .authenticate(head.field("authorization"))
                .account();
        Gateway.PassThrough place = gateway.passThrough(tenant, id -> route = id);
        asked = new Asked(head, tenant, PoolMetadata.subset(message.getMetadataContext()), place);
        if (headers.getEndOfStream()) {
            return List.of(PickReplies.requestHead(decide()));
        }
        return isDuplex() ? List.of() : List.of(PickReplies.requestHead());
    }

    /** Whom a request is for stands in its body. */
    private void requireBody() {
        if (!isDuplex() && requestMode != BodySendMode.BUFFERED) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("request_body_mode is " + requestMode
                            + "; set it to FULL_DUPLEX_STREAMED (with request_trailer_mode SEND) or BUFFERED")
                    .asRuntimeException();
        }
    }

    private boolean isDuplex() {
        return requestMode == BodySendMode.FULL_DUPLEX_STREAMED;
    }

    private List<ProcessingResponse> piece(HttpBody piece) {
        requireUndecided("a body");
        int limit = gateway.config().http().maxBodyBytes();
        if ((long) body.size() + piece.getBody().size() > limit) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the body is larger than " + limit + " bytes, the limit of this server");
        }
        body = body.concat(piece.getBody());
        if (!isDuplex()) {
            return List.of(PickReplies.bufferedBody(decide()));
        }
        return piece.getEndOfStream() ? duplex(true) : List.of();
    }

    private List<ProcessingResponse> duplex(boolean last) {
        List<ProcessingResponse> replies = new ArrayList<>();
        ByteString whole = body;
        replies.add(PickReplies.requestHead(decide()));
        replies.addAll(PickReplies.requestBody(whole, last));
        return replies;
    }

    private List<ProcessingResponse> trailers() {
        List<ProcessingResponse> replies = new ArrayList<>();
        if (isDuplex() || pick == null) {
            requireUndecided("trailers");
            replies.addAll(duplex(false));
        }
        replies.add(PickReplies.requestTrailers());
        return replies;
    }

    private void requireUndecided(String what) {
        if (!awaitsBody()) {
            throw unexpected(what + " behind the end of the request");
        }
    }

    private Pick decide() {
        Asked known = asked;
        if (known == null) {
            throw unexpected("a body before the head");
        }
        Asker asker = new Asker(known.tenant(), id -> route = id, whenLeft);
        Pick made = picker.pick(known.head(), body.toByteArray(), known.subset(), asker);
        pick = made;
        body = ByteString.EMPTY;
        known.place().arriving().close();
        return made;
    }

    private List<ProcessingResponse> answered(ProcessingRequest message) {
        Pick made = pick;
        HttpHeaders headers = message.getResponseHeaders();
        if (made != null) {
            PoolMetadata.served(message.getMetadataContext())
                    .ifPresentOrElse(made::servedBy, () -> judge(made, HttpHead.of(headers.getHeaders())));
        }
        if (headers.getEndOfStream()) {
            over();
        }
        return List.of(PickReplies.responseHead(made));
    }

    /** A gateway that does not say who has answered may have made an error up itself. */
    private static void judge(Pick made, HttpHead head) {
        String status = head.field(":status");
        if (status != null && status.matches("[1-9][0-9]{2}") && Integer.parseInt(status) < SERVER_ERROR) {
            made.served();
        }
    }

    private ProcessingResponse answerPiece(HttpBody piece) {
        if (piece.getEndOfStream()) {
            over();
        }
        return responseMode == BodySendMode.FULL_DUPLEX_STREAMED
                ? PickReplies.responseBody(piece.getBody(), piece.getEndOfStream())
                : PickReplies.responseBody();
    }

    private static RuntimeException unexpected(String what) {
        return Status.INVALID_ARGUMENT
                .withDescription("external processing sent " + what)
                .asRuntimeException();
    }

    /** The endpoint has nothing more to do with it. */
    private void over() {
        Pick made = pick;
        if (made != null) {
            made.ended();
        }
    }

    /** Gives back what it holds, at the end or in the middle of it. */
    @Override
    public void close() {
        over();
        body = ByteString.EMPTY;
        Asked known = asked;
        if (known != null) {
            known.place().close();
        }
    }
}
