package dev.foretoken.gateway.picker;

import com.google.protobuf.ByteString;
import dev.foretoken.gateway.error.HttpStatus;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.ErrorJson;
import dev.foretoken.wire.extproc.BodyMutation;
import dev.foretoken.wire.extproc.BodyResponse;
import dev.foretoken.wire.extproc.CommonResponse;
import dev.foretoken.wire.extproc.HeaderMutation;
import dev.foretoken.wire.extproc.HeaderValue;
import dev.foretoken.wire.extproc.HeaderValueOption;
import dev.foretoken.wire.extproc.HeaderValueOption.HeaderAppendAction;
import dev.foretoken.wire.extproc.HeadersResponse;
import dev.foretoken.wire.extproc.ImmediateResponse;
import dev.foretoken.wire.extproc.ProcessingResponse;
import dev.foretoken.wire.extproc.StreamedBodyResponse;
import dev.foretoken.wire.extproc.TrailersResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what a gateway is told. */
final class PickReplies {

    private static final String ROUTE = "x-foretoken-route";
    /** llm-d's name for why a request was not sent on. */
    private static final String REASON = "x-llm-d-request-dropped-reason";

    /** Envoy takes pieces of less than 64 KiB in a stream. */
    private static final int MOST_BYTES_IN_PIECE = 62_000;

    private PickReplies() {}

    /** To a head that is not decided by: it goes on as it is. */
    static ProcessingResponse requestHead() {
        return ProcessingResponse.newBuilder()
                .setRequestHeaders(HeadersResponse.newBuilder().setResponse(CommonResponse.getDefaultInstance()))
                .build();
    }

    /** To the request's head: where it goes. */
    static ProcessingResponse requestHead(Pick pick) {
        return ProcessingResponse.newBuilder()
                .setRequestHeaders(HeadersResponse.newBuilder().setResponse(chosen(pick)))
                .setDynamicMetadata(PoolMetadata.destination(pick.destination()))
                .build();
    }

    /** To a request's body that was buffered, with its head: where it goes. */
    static ProcessingResponse bufferedBody(Pick pick) {
        return ProcessingResponse.newBuilder()
                .setRequestBody(BodyResponse.newBuilder().setResponse(chosen(pick)))
                .setDynamicMetadata(PoolMetadata.destination(pick.destination()))
                .build();
    }

    private static CommonResponse.Builder chosen(Pick pick) {
        return CommonResponse.newBuilder()
                .setHeaderMutation(fields(Map.of(PoolMetadata.DESTINATION, pick.destination(), ROUTE, pick.id())))
                .setClearRouteCache(true);
    }

    /** The request's body in pieces. @param last whether no trailers follow */
    static List<ProcessingResponse> requestBody(ByteString body, boolean last) {
        List<ProcessingResponse> pieces = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(body.size(), from + MOST_BYTES_IN_PIECE);
            pieces.add(ProcessingResponse.newBuilder()
                    .setRequestBody(piece(body.substring(from, to), last && to == body.size()))
                    .build());
            from = to;
        } while (from < body.size());
        return pieces;
    }

    static ProcessingResponse requestTrailers() {
        return ProcessingResponse.newBuilder()
                .setRequestTrailers(TrailersResponse.getDefaultInstance())
                .build();
    }

    /** @param pick null: nothing was chosen for the request, it was answered without */
    static ProcessingResponse responseHead(@Nullable Pick pick) {
        CommonResponse.Builder response = CommonResponse.newBuilder();
        if (pick != null) {
            response.setHeaderMutation(fields(Map.of(ROUTE, pick.id())));
        }
        return ProcessingResponse.newBuilder()
                .setResponseHeaders(HeadersResponse.newBuilder().setResponse(response))
                .build();
    }

    /** The same bytes again, which a stream that goes both ways waits for. */
    static ProcessingResponse responseBody(ByteString body, boolean last) {
        return ProcessingResponse.newBuilder()
                .setResponseBody(piece(body, last))
                .build();
    }

    /** To a piece of a response that goes on without waiting. */
    static ProcessingResponse responseBody() {
        return ProcessingResponse.newBuilder()
                .setResponseBody(BodyResponse.newBuilder().setResponse(CommonResponse.getDefaultInstance()))
                .build();
    }

    static ProcessingResponse responseTrailers() {
        return ProcessingResponse.newBuilder()
                .setResponseTrailers(TrailersResponse.getDefaultInstance())
                .build();
    }

    /** Instead of an endpoint's answer. @param route of the decision's record; null = there is none */
    static ProcessingResponse refusal(PublicError error, @Nullable String route) {
        String reason = error.code().name().toLowerCase(Locale.ROOT);
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("content-type", "application/json");
        fields.put(REASON, reason);
        if (route != null) {
            fields.put(ROUTE, route);
        }
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            fields.put("retry-after", Long.toString(Math.max(1, (retryAfter.toMillis() + 999) / 1000)));
        }
        JsonWriter json = new JsonWriter();
        ErrorJson.write(json, error);
        return ProcessingResponse.newBuilder()
                .setImmediateResponse(ImmediateResponse.newBuilder()
                        .setStatus(dev.foretoken.wire.extproc.HttpStatus.newBuilder()
                                .setCodeValue(HttpStatus.of(error.code())))
                        .setHeaders(fields(fields))
                        .setBody(ByteString.copyFrom(json.toBytes()))
                        .setDetails("foretoken_" + reason))
                .build();
    }

    private static BodyResponse.Builder piece(ByteString body, boolean last) {
        return BodyResponse.newBuilder()
                .setResponse(CommonResponse.newBuilder()
                        .setBodyMutation(BodyMutation.newBuilder()
                                .setStreamedResponse(StreamedBodyResponse.newBuilder()
                                        .setBody(body)
                                        .setEndOfStream(last))));
    }

    /** In place of what callers or endpoints wrote there. */
    private static HeaderMutation fields(Map<String, String> fields) {
        HeaderMutation.Builder mutation = HeaderMutation.newBuilder();
        fields.forEach((name, value) -> mutation.addSetHeaders(HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)))
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
        return mutation.build();
    }
}
