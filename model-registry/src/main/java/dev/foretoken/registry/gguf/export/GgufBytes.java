package dev.foretoken.registry.gguf.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Little-endian numbers and texts on their way into a file. For one thread. */
final class GgufBytes {

    private static final int BUFFER = 1 << 20;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private long position;

    GgufBytes(FileChannel channel) {
        this.channel = channel;
    }

    /** Bytes so far. */
    long position() {
        return position;
    }

    GgufBytes i8(int value) throws IOException {
        room(Byte.BYTES).put((byte) value);
        return this;
    }

    GgufBytes i32(int value) throws IOException {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    GgufBytes i64(long value) throws IOException {
        room(Long.BYTES).putLong(value);
        return this;
    }

    /** Its length in bytes and its UTF-8. */
    GgufBytes text(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        i64(utf8.length);
        bytes(ByteBuffer.wrap(utf8));
        return this;
    }

    void bytes(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() <= BUFFER) {
            room(bytes.remaining()).put(bytes);
            return;
        }
        flush();
        position += bytes.remaining();
        drain(bytes);
    }

    /** Zeros up to a multiple; returns the position. */
    long align(int multiple) throws IOException {
        while (position % multiple != 0) {
            i8(0);
        }
        return position;
    }

    void flush() throws IOException {
        drain(buffer.flip());
        buffer.clear();
    }

    private ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
        position += bytes;
        return buffer;
    }

    private void drain(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
