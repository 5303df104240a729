package dev.foretoken.gateway.picker;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.foretoken.wire.extproc.ExternalProcessorGrpc;
import dev.foretoken.wire.extproc.HeaderMap;
import dev.foretoken.wire.extproc.HeaderMutation;
import dev.foretoken.wire.extproc.HeaderValue;
import dev.foretoken.wire.extproc.HeaderValueOption;
import dev.foretoken.wire.extproc.HttpBody;
import dev.foretoken.wire.extproc.HttpHeaders;
import dev.foretoken.wire.extproc.HttpTrailers;
import dev.foretoken.wire.extproc.Metadata;
import dev.foretoken.wire.extproc.ProcessingMode.BodySendMode;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import dev.foretoken.wire.extproc.ProtocolConfiguration;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One HTTP request as an Envoy tells of it. */
final class EnvoyStream implements ClientResponseObserver<ProcessingRequest, ProcessingResponse> {

    private static final long PATIENCE_SECONDS = 120;

    private final LinkedBlockingQueue<Object> replies = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<ProcessingRequest> requests;
    private BodySendMode mode = BodySendMode.FULL_DUPLEX_STREAMED;
    private Metadata metadata = Metadata.getDefaultInstance();

    static EnvoyStream open(Channel channel) {
        EnvoyStream stream = new EnvoyStream();
        ExternalProcessorGrpc.newStub(channel).process(stream);
        return stream;
    }

    EnvoyStream mode(BodySendMode value) {
        mode = value;
        return this;
    }

    EnvoyStream subset(String... addresses) {
        ListValue.Builder list = ListValue.newBuilder();
        for (String address : addresses) {
            list.addValues(Value.newBuilder().setStringValue(address));
        }
        return saying(
                "envoy.lb.subset_hint",
                "x-gateway-destination-endpoint-subset",
                Value.newBuilder().setListValue(list).build());
    }

    private EnvoyStream saying(String namespace, String key, Value value) {
        metadata = Metadata.newBuilder()
                .putFilterMetadata(
                        namespace, Struct.newBuilder().putFields(key, value).build())
                .build();
        return this;
    }

    EnvoyStream post(String path) {
        return head(
                Map.of(
                        ":method",
                        "POST",
                        ":path",
                        path,
                        "content-type",
                        "application/json",
                        "authorization",
                        "Bearer k"),
                false);
    }

    EnvoyStream head(Map<String, String> fields, boolean last) {
        send(ProcessingRequest.newBuilder()
                .setRequestHeaders(
                        HttpHeaders.newBuilder().setHeaders(fields(fields)).setEndOfStream(last))
                .setMetadataContext(metadata)
                .setProtocolConfig(ProtocolConfiguration.newBuilder()
                        .setRequestBodyMode(mode)
                        .setResponseBodyMode(mode))
                .build());
        return this;
    }

    private static HeaderMap fields(Map<String, String> fields) {
        HeaderMap.Builder map = HeaderMap.newBuilder();
        fields.forEach((name, value) ->
                map.addHeaders(HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value))));
        return map.build();
    }

    EnvoyStream body(String piece, boolean last) {
        send(ProcessingRequest.newBuilder()
                .setRequestBody(body(ByteString.copyFromUtf8(piece), last))
                .build());
        return this;
    }

    private static HttpBody.Builder body(ByteString piece, boolean last) {
        return HttpBody.newBuilder().setBody(piece).setEndOfStream(last);
    }

    EnvoyStream trailers() {
        send(ProcessingRequest.newBuilder()
                .setRequestTrailers(HttpTrailers.getDefaultInstance())
                .build());
        return this;
    }

    /** @param served empty: it does not say who has */
    EnvoyStream answered(String status, String served) {
        if (!served.isEmpty()) {
            saying(
                    "envoy.lb",
                    "x-gateway-destination-endpoint-served",
                    Value.newBuilder().setStringValue(served).build());
        }
        send(ProcessingRequest.newBuilder()
                .setResponseHeaders(HttpHeaders.newBuilder()
                        .setHeaders(fields(Map.of(":status", status, "x-foretoken-route", "the endpoint's own"))))
                .setMetadataContext(metadata)
                .build());
        return this;
    }

    EnvoyStream answer(String piece, boolean last) {
        send(ProcessingRequest.newBuilder()
                .setResponseBody(body(ByteString.copyFromUtf8(piece), last))
                .build());
        return this;
    }

    EnvoyStream answerTrailers() {
        send(ProcessingRequest.newBuilder()
                .setResponseTrailers(HttpTrailers.getDefaultInstance())
                .build());
        return this;
    }

    void send(ProcessingRequest message) {
        requests().onNext(message);
    }

    /** The request has ended, and was heard of to its end. */
    void close() {
        requests().onCompleted();
    }

    /** The Envoy is gone, or its caller is. */
    void cut() {
        requests().cancel("cut", null);
    }

    private ClientCallStreamObserver<ProcessingRequest> requests() {
        if (requests == null) {
            throw new AssertionError("the stream is not open");
        }
        return requests;
    }

    ProcessingResponse next() throws InterruptedException {
        Object reply = reply();
        if (reply instanceof ProcessingResponse response) {
            return response;
        }
        throw new AssertionError("the stream ended: " + reply);
    }

    /** How the stream ends. */
    Status end() throws InterruptedException {
        Object reply = reply();
        if (reply instanceof Status status) {
            return status;
        }
        throw new AssertionError("the stream went on: " + reply);
    }

    private Object reply() throws InterruptedException {
        Object reply = replies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (reply == null) {
            throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
        }
        return reply;
    }

    /** A field that is to be written over whatever was there; null = none. */
    static @Nullable String set(HeaderMutation mutation, String name) {
        List<HeaderValueOption> found = mutation.getSetHeadersList().stream()
                .filter(option -> option.getHeader().getKey().equals(name))
                .filter(option ->
                        option.getAppendAction() == HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .toList();
        return found.isEmpty()
                ? null
                : found.getFirst().getHeader().getRawValue().toStringUtf8();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ProcessingRequest> stream) {
        requests = stream;
    }

    @Override
    public void onNext(ProcessingResponse response) {
        replies.add(response);
    }

    @Override
    public void onError(Throwable failure) {
        replies.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        replies.add(Status.OK);
    }
}
