package dev.foretoken.e2e.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.foretoken.wire.v1.ErrorInfo;
import dev.foretoken.wire.v1.InferenceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A connection to one server's public gRPC port. */
final class GrpcClient implements AutoCloseable {

    private static final long SECONDS = 120;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;

    /** @param target HOST:PORT */
    GrpcClient(String target) {
        this(target, Optional.empty());
    }

    /** @param key sent as bearer token with every call */
    GrpcClient(String target, Optional<String> key) {
        ManagedChannelBuilder<?> builder =
                ManagedChannelBuilder.forTarget(target).usePlaintext();
        key.ifPresent(secret -> {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + secret);
            builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        });
        this.channel = builder.build();
    }

    ManagedChannel channel() {
        return channel;
    }

    /** Blocking calls, each with a deadline. */
    InferenceGrpc.InferenceBlockingStub inference() {
        return InferenceGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
    }

    /** What the server put into the status details of a failed call. */
    static ErrorInfo errorInfo(StatusRuntimeException failure) {
        Status status = Optional.ofNullable(StatusProto.fromThrowable(failure))
                .orElseThrow(() -> new AssertionError("no status details in " + failure));
        try {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    return detail.unpack(ErrorInfo.class);
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("a broken ErrorInfo in " + status, e);
        }
        throw new AssertionError("no ErrorInfo in " + status);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
