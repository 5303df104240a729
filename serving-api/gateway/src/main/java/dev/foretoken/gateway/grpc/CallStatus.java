package dev.foretoken.gateway.grpc;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.wire.v1.ErrorInfo;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Maps a failure to a gRPC status whose details hold an ErrorInfo. */
final class CallStatus {

    private static final Logger LOG = Logger.getLogger(CallStatus.class);

    private CallStatus() {}

    static StatusRuntimeException of(Throwable failure) {
        PublicError error = PublicError.of(failure);
        if (error.isOurs()) {
            LOG.error("a gRPC call failed", failure);
        }
        ErrorInfo.Builder info = ErrorInfo.newBuilder()
                .setCode(error.code().name())
                .setNumber(error.code().number())
                .setMessage(error.message());
        @Nullable String param = error.param();
        if (param != null) {
            info.setParam(param);
        }
        @Nullable Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            info.setRetryAfterMillis(retryAfter.toMillis());
        }
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(code(error.code()).value())
                .setMessage(error.message())
                .addDetails(Any.pack(info.build()))
                .build());
    }

    /** The status of each code, one line each so that a new code is decided here. */
    static Code code(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST,
                    CONTEXT_LENGTH_EXCEEDED,
                    PAYLOAD_TOO_LARGE,
                    TEMPLATE_FAILED,
                    CONFIG_INVALID,
                    UNSUPPORTED_MEDIA_TYPE -> Code.INVALID_ARGUMENT;
            case MODEL_NOT_FOUND, JOB_NOT_FOUND, FILE_NOT_FOUND -> Code.NOT_FOUND;
            case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
            case PERMISSION_DENIED, SIGNATURE_REFUSED -> Code.PERMISSION_DENIED;
            case REGISTRY_CONFLICT, GATE_REFUSED, JOB_CONFLICT -> Code.FAILED_PRECONDITION;
            case UNSUPPORTED_FEATURE, ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED, MODEL_UNSUPPORTED -> Code.UNIMPLEMENTED;
            case CANCELLED -> Code.CANCELLED;
            case QUEUE_FULL, SHARE_FULL, RATE_LIMITED, INSUFFICIENT_MEMORY, STORAGE_FULL -> Code.RESOURCE_EXHAUSTED;
            case DRAINING, REPLICA_UNAVAILABLE, MODEL_LOADING, REPLICA_LOST, REGISTRY_UNAVAILABLE, SOURCE_UNAVAILABLE ->
                Code.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
            case MODEL_FILE_CORRUPT, RUNTIME_FAILED, INTERNAL_ERROR -> Code.INTERNAL;
        };
    }
}
