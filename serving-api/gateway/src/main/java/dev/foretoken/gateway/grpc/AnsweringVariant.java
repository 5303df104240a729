package dev.foretoken.gateway.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/** The variant that answers a call: sent in its headers once it is known, which is before the first message. */
final class AnsweringVariant {

    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("x-foretoken-variant", Metadata.ASCII_STRING_MARSHALLER);

    private volatile @Nullable String name;

    void set(String variant) {
        name = variant;
    }

    <Q, A> ServerCall<Q, A> tellBy(ServerCall<Q, A> call) {
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata headers) {
                String known = name;
                if (known != null) {
                    headers.put(HEADER, known);
                }
                super.sendHeaders(headers);
            }
        };
    }
}
