package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.auth.Authenticator;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Lets no call of any service through without the credentials that HTTP asks for too, health and reflection included. */
final class CallAuthentication implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Authenticator authenticator;

    CallAuthentication(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        try {
            String tenant =
                    authenticator.authenticate(headers.get(AUTHORIZATION)).tenant();
            ReplyMetadata reply = new ReplyMetadata();
            Context context =
                    Context.current().withValue(CallIdentity.TENANT, tenant).withValue(CallIdentity.REPLY, reply);
            return Contexts.interceptCall(context, reply.tellBy(call), headers, next);
        } catch (ForetokenException e) {
            StatusRuntimeException refusal = CallStatus.of(e);
            Metadata trailers = refusal.getTrailers();
            call.close(
                    Status.UNAUTHENTICATED.withDescription(e.getMessage()),
                    trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
    }
}
