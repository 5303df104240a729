package dev.foretoken.registry;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Counts all bytes that anybody in this process computes a SHA-256 of, until it is closed: an implementation that is asked first. */
public final class HashedBytes implements AutoCloseable {

    private final AtomicLong bytes = new AtomicLong();

    private HashedBytes() {}

    public static HashedBytes counted() {
        HashedBytes counted = new HashedBytes();
        if (Security.insertProviderAt(new Counting(counted.bytes), 1) != 1) {
            throw new IllegalStateException("somebody counts already");
        }
        return counted;
    }

    /** Bytes since the last call. */
    public long sinceLast() {
        return bytes.getAndSet(0);
    }

    @Override
    public void close() {
        Security.removeProvider(Counting.NAME);
    }

    private static final class Counting extends Provider {
        private static final String NAME = "Counting";

        private Counting(AtomicLong bytes) {
            super(NAME, "1", "counts digested bytes");
            putService(new Service(this, "MessageDigest", "SHA-256", Counted.class.getName(), List.of(), null) {
                @Override
                public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                    Provider real = Security.getProvider("SUN");
                    return new Counted(MessageDigest.getInstance("SHA-256", real), bytes);
                }
            });
        }
    }

    private static final class Counted extends MessageDigestSpi {
        private final MessageDigest digest;
        private final AtomicLong bytes;

        private Counted(MessageDigest digest, AtomicLong bytes) {
            this.digest = digest;
            this.bytes = bytes;
        }

        @Override
        protected void engineUpdate(byte input) {
            bytes.incrementAndGet();
            digest.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            bytes.addAndGet(length);
            digest.update(input, offset, length);
        }

        @Override
        protected void engineUpdate(ByteBuffer input) {
            bytes.addAndGet(input.remaining());
            digest.update(input);
        }

        @Override
        protected byte[] engineDigest() {
            return digest.digest();
        }

        @Override
        protected int engineDigest(byte[] buffer, int offset, int length) throws DigestException {
            return digest.digest(buffer, offset, length);
        }

        @Override
        protected int engineGetDigestLength() {
            return digest.getDigestLength();
        }

        @Override
        protected void engineReset() {
            digest.reset();
        }
    }
}
