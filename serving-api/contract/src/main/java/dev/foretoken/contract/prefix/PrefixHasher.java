package dev.foretoken.contract.prefix;

import dev.foretoken.contract.request.EmbeddingSpan;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.IntUnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 (RFC 2104) cut to 128 bits. Without the secret nobody can construct prompts whose blocks collide, nor tell from a key what
 * was asked.
 */
public final class PrefixHasher {

    private static final int DIGEST_BYTES = 32;
    private static final String SCHEME = "scheme";
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Mac mac;
    private final byte[] digest = new byte[DIGEST_BYTES];
    private ByteBuffer input = ByteBuffer.allocate(256);

    /** {@code secret}: at least 16 random bytes. */
    public PrefixHasher(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException("prefix key has " + secret.length + " bytes, must have at least 16");
        }
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /**
     * Names the secret and the way keys are made, and gives neither away: where two sides say the same, their keys are equal for equal
     * prompts.
     */
    public long scheme() {
        input.clear();
        put(SCHEME);
        return finish().high();
    }

    /** The key before the first block. Texts are written with their lengths, so that no two scopes read the same. */
    PrefixKey root(PrefixScope scope) {
        input.clear();
        put(scope.tenant());
        put(scope.salt());
        put(scope.model());
        put(scope.adapter());
        room(Integer.BYTES).putInt(scope.lengthLimit());
        return finish();
    }

    /** The key of the block of {@code blockTokens} positions from {@code first} on, behind {@code parent}. */
    PrefixKey next(
            PrefixKey parent, IntUnaryOperator tokens, int first, int blockTokens, List<EmbeddingSpan> embeddings) {
        input.clear();
        room(2 * Long.BYTES).putLong(parent.high()).putLong(parent.low());
        room(blockTokens * Integer.BYTES);
        for (int i = 0; i < blockTokens; i++) {
            input.putInt(tokens.applyAsInt(first + i));
        }
        for (int i = 0; i < embeddings.size(); i++) {
            putOverlap(embeddings.get(i), first, first + blockTokens);
        }
        return finish();
    }

    private void putOverlap(EmbeddingSpan span, int first, int end) {
        if (span.firstPosition() < end && span.firstPosition() + span.count() > first) {
            room(2 * Integer.BYTES + span.contentHash().length)
                    .putInt(span.firstPosition() - first)
                    .putInt(span.count())
                    .put(span.contentHash());
        }
    }

    private void put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
    }

    private ByteBuffer room(int bytes) {
        if (input.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (input.position() + bytes));
            larger.put(input.flip());
            input = larger;
        }
        return input;
    }

    private PrefixKey finish() {
        try {
            mac.update(input.array(), 0, input.position());
            mac.doFinal(digest, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the digest has room for " + DIGEST_BYTES + " bytes", e);
        }
        return new PrefixKey((long) WORDS.get(digest, 0), (long) WORDS.get(digest, Long.BYTES));
    }
}
