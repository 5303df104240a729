package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.gateway.model.PrefillChoice;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What the headers of a call say of its answer: known before the first message, which they are sent with. */
final class ReplyMetadata {

    private static final Metadata.Key<String> VARIANT =
            Metadata.Key.of("x-foretoken-variant", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> PREFILL_MODE =
            Metadata.Key.of("x-foretoken-prefill-mode", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> ROUTE =
            Metadata.Key.of("x-foretoken-route", Metadata.ASCII_STRING_MARSHALLER);

    private volatile @Nullable String route;
    private volatile @Nullable String variant;
    private volatile @Nullable String prefillMode;

    /** The variant that answers. */
    void variant(String name) {
        variant = name;
    }

    /** The decision that the request goes by now. */
    void routed(String decision) {
        route = decision;
    }

    /** How the prompt came into the caches. */
    void prefill(PrefillMode mode) {
        prefillMode = PrefillChoice.text(mode);
    }

    <Q, A> ServerCall<Q, A> tellBy(ServerCall<Q, A> call) {
        return new SimpleForwardingServerCall<>(call) {
            /** A call that fails before its first message has trailers only. */
            private volatile boolean named;

            @Override
            public void sendHeaders(Metadata headers) {
                put(headers, VARIANT, variant);
                put(headers, PREFILL_MODE, prefillMode);
                put(headers, ROUTE, route);
                named = true;
                super.sendHeaders(headers);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                if (!named) {
                    put(trailers, ROUTE, route);
                }
                super.close(status, trailers);
            }
        };
    }

    private static void put(Metadata headers, Metadata.Key<String> key, @Nullable String value) {
        if (value != null) {
            headers.put(key, value);
        }
    }
}
