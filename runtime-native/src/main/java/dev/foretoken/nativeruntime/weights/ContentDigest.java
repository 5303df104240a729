package dev.foretoken.nativeruntime.weights;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over a list of parts; each part's length is part of it, so that no two lists look the same. */
public final class ContentDigest {

    private static final int START_BYTES = 4096;

    private final MessageDigest digest;

    public ContentDigest() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public ContentDigest add(byte[] part) {
        add(part.length);
        digest.update(part);
        return this;
    }

    public ContentDigest add(long number) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        return this;
    }

    public ContentDigest add(String text) {
        return add(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** A segment of at most 2 GiB. */
    ContentDigest addWhole(MemorySegment segment) {
        add(segment.byteSize());
        digest.update(segment.asByteBuffer());
        return this;
    }

    /** Length and first bytes of a segment. */
    ContentDigest addStart(MemorySegment segment) {
        add(segment.byteSize());
        digest.update(
                segment.asSlice(0, Math.min(START_BYTES, segment.byteSize())).asByteBuffer());
        return this;
    }

    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
