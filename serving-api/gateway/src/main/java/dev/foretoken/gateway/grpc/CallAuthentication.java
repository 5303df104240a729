package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.gateway.auth.Authenticator;
import dev.foretoken.gateway.tenant.PriorityNames;
import dev.foretoken.gateway.tenant.Tenant;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/** Lets no call of any service through without the credentials that HTTP asks for too, health and reflection included. */
final class CallAuthentication implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> PRIORITY =
            Metadata.Key.of(PriorityNames.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final Authenticator authenticator;

    CallAuthentication(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        try {
            Tenant tenant =
                    authenticator.authenticate(headers.get(AUTHORIZATION)).account();
            ReplyMetadata reply = new ReplyMetadata();
            Context context = Context.current()
                    .withValue(CallIdentity.TENANT, tenant)
                    .withValue(CallIdentity.REPLY, reply)
                    .withValue(CallIdentity.PRIORITY, priority(headers))
                    .withValue(CallIdentity.HEADERS, name -> text(headers, name))
                    .withValue(CallIdentity.CAUSE, TraceParent.parse(headers.get(TRACE_PARENT)));
            return Contexts.interceptCall(context, reply.tellBy(call), headers, next);
        } catch (ForetokenException e) {
            StatusRuntimeException refusal = CallStatus.of(e);
            Metadata trailers = refusal.getTrailers();
            call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
    }

    private static @Nullable Priority priority(Metadata headers) {
        String name = headers.get(PRIORITY);
        return name == null ? null : PriorityNames.parse(name.strip(), PriorityNames.HEADER);
    }

    private static @Nullable String text(Metadata headers, String name) {
        return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }
}
