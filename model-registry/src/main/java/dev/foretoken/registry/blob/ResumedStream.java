package dev.foretoken.registry.blob;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.LongFunction;

/** A download that goes on where it broke off, a few times. For one thread. */
public final class ResumedStream extends InputStream {

    private static final int MOST = 5;

    private final LongFunction<Optional<InputStream>> reopen;
    private InputStream in;
    private long read;
    private int resumed;

    /** {@code reopen}: the same bytes from an offset on; empty when they are gone. */
    public ResumedStream(InputStream in, LongFunction<Optional<InputStream>> reopen) {
        this.in = in;
        this.reopen = reopen;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            try {
                int count = in.read(bytes, offset, length);
                read += Math.max(0, count);
                return count;
            } catch (IOException e) {
                resume(e);
            }
        }
    }

    private void resume(IOException reason) throws IOException {
        if (++resumed > MOST) {
            throw reason;
        }
        in.close();
        in = reopen.apply(read).orElseThrow(() -> reason);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
