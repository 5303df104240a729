package dev.foretoken.batch.job;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a file that are not empty, one after the other, as bytes. For one thread. */
final class RequestLines implements AutoCloseable {

    private static final int BUFFER = 1 << 16;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private final int most;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int number;
    private int index = -1;
    private boolean tooLong;

    /** @param most bytes of a line that are kept; what is longer is cut */
    RequestLines(InputStream in, int most) throws IOException {
        this.in = new BufferedInputStream(in, BUFFER);
        this.most = most;
        boolean begun = false;
        try {
            skipByteOrderMark();
            begun = true;
        } finally {
            if (!begun) {
                in.close();
            }
        }
    }

    private void skipByteOrderMark() throws IOException {
        in.mark(BYTE_ORDER_MARK.length);
        for (byte expected : BYTE_ORDER_MARK) {
            if ((byte) in.read() != expected) {
                in.reset();
                return;
            }
        }
    }

    /** The next line that is not blank; null at the end. */
    byte @Nullable [] next() throws IOException {
        while (true) {
            boolean last = !readLine();
            if (!isBlank()) {
                index++;
                return line.toByteArray();
            }
            if (last) {
                return null;
            }
        }
    }

    /** False where the file ends. */
    private boolean readLine() throws IOException {
        line.reset();
        tooLong = false;
        number++;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return true;
            }
            if (line.size() < most) {
                line.write(next);
            } else {
                tooLong = true;
            }
        }
        return false;
    }

    private boolean isBlank() {
        if (tooLong) {
            return false;
        }
        byte[] bytes = line.toByteArray();
        for (byte each : bytes) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }

    /** Of the line that was read last, from 1. */
    int number() {
        return number;
    }

    /** Its place among those that are not blank, from 0. */
    int index() {
        return index;
    }

    /** Whether it is longer than is taken. */
    boolean isTooLong() {
        return tooLong;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
