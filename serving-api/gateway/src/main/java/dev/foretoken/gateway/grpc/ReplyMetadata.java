package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.gateway.model.PrefillChoice;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/** What the headers of a call say of its answer: known before the first message, which they are sent with. */
final class ReplyMetadata {

    private static final Metadata.Key<String> VARIANT =
            Metadata.Key.of("x-foretoken-variant", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> PREFILL_MODE =
            Metadata.Key.of("x-foretoken-prefill-mode", Metadata.ASCII_STRING_MARSHALLER);

    private volatile @Nullable String variant;
    private volatile @Nullable String prefillMode;

    /** The variant that answers. */
    void variant(String name) {
        variant = name;
    }

    /** How the prompt came into the caches. */
    void prefill(PrefillMode mode) {
        prefillMode = PrefillChoice.text(mode);
    }

    <Q, A> ServerCall<Q, A> tellBy(ServerCall<Q, A> call) {
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata headers) {
                put(headers, VARIANT, variant);
                put(headers, PREFILL_MODE, prefillMode);
                super.sendHeaders(headers);
            }
        };
    }

    private static void put(Metadata headers, Metadata.Key<String> key, @Nullable String value) {
        if (value != null) {
            headers.put(key, value);
        }
    }
}
