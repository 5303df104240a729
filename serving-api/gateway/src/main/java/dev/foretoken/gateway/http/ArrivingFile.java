package dev.foretoken.gateway.http;

import dev.foretoken.batch.store.Incoming;
import dev.foretoken.contract.ForetokenException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.MemoryFileUpload;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The file of a form, which the decoder takes for one in memory and which goes to the disk as it comes. For one thread. */
final class ArrivingFile extends MemoryFileUpload {

    /** The field that holds it. */
    private static final String FIELD = "file";

    private static final int CHUNK = 64 << 10;

    private final Target target;

    private ArrivingFile(String type, Charset charset, Target target) {
        super(FIELD, target.name(), type, null, charset, 0);
        this.target = target;
    }

    @Override
    public void addContent(ByteBuf buffer, boolean last) {
        try {
            byte[] chunk = new byte[Math.min(CHUNK, Math.max(1, buffer.readableBytes()))];
            while (buffer.isReadable()) {
                int length = Math.min(chunk.length, buffer.readableBytes());
                buffer.readBytes(chunk, 0, length);
                target.write(chunk, length);
            }
        } finally {
            buffer.release();
        }
        if (last) {
            target.ended();
            setCompleted();
        }
    }

    @Override
    public ByteBuf getByteBuf() {
        return Unpooled.EMPTY_BUFFER;
    }

    /** Where it goes. */
    static final class Target implements AutoCloseable {
        private final Supplier<Incoming> begin;
        private @Nullable Incoming file;
        private String name = "";
        private boolean whole;

        Target(Supplier<Incoming> begin) {
            this.begin = begin;
        }

        private void begin(String field, String called) {
            if (!field.equals(FIELD) || file != null) {
                throw ForetokenException.invalid(
                        FIELD, "the form must have one file, in a field named " + FIELD + "; found another");
            }
            file = begin.get();
            name = called;
        }

        private void write(byte[] bytes, int length) {
            if (file != null) {
                file.write(bytes, 0, length);
            }
        }

        private void ended() {
            whole = true;
        }

        String name() {
            return name;
        }

        /** Empty where none has come to its end. */
        Optional<Incoming> whole() {
            return whole ? Optional.ofNullable(file) : Optional.empty();
        }

        @Override
        public void close() {
            if (file != null) {
                file.close();
            }
        }
    }

    /** Makes fields of a form: all but files in memory. */
    static final class Factory extends DefaultHttpDataFactory {
        private final Target target;

        Factory(Target target, long mostFieldBytes) {
            super(false);
            setMaxLimit(mostFieldBytes);
            this.target = target;
        }

        @Override
        public FileUpload createFileUpload(
                HttpRequest request,
                String name,
                String filename,
                String contentType,
                @Nullable String contentTransferEncoding,
                Charset charset,
                long size) {
            target.begin(name, filename);
            return new ArrivingFile(contentType, charset, target);
        }
    }
}
