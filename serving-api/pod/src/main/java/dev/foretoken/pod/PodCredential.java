package dev.foretoken.pod;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refuses every call without the shared credential, comparing digests in constant time. */
final class PodCredential implements ServerInterceptor {

    static final Metadata.Key<String> HEADER = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final byte @Nullable [] expected;

    PodCredential(Optional<String> credential) {
        this.expected = credential.map(c -> digest("Bearer " + c)).orElse(null);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (admits(headers.get(HEADER))) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAUTHENTICATED.withDescription("pod credential missing or wrong; send authorization: Bearer"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private boolean admits(@Nullable String presented) {
        return expected == null || MessageDigest.isEqual(expected, digest(presented == null ? "" : presented));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
