package dev.foretoken.gateway.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Reads one file from the network into one on disk, and watches its size and its pace. One thread. */
final class FileReceiver {

    private static final int BUFFER = 128 << 10;

    private final String path;
    private final UploadLimits limits;
    private final LongSupplier nanos;
    private final LongConsumer reserve;
    private long bytes;

    /** @param reserve told of bytes before they are written; throws when they are too many */
    FileReceiver(String path, UploadLimits limits, LongSupplier nanos, LongConsumer reserve) {
        this.path = path;
        this.limits = limits;
        this.nanos = nanos;
        this.reserve = reserve;
    }

    long bytes() {
        return bytes;
    }

    Digest copy(InputStream body, Path target) {
        MessageDigest hasher = Digest.hasher();
        try (OutputStream out = create(target)) {
            byte[] buffer = new byte[BUFFER];
            long windowStart = nanos.getAsLong();
            long windowBytes = 0;
            for (int read = read(body, buffer); read >= 0; read = read(body, buffer)) {
                admit(read);
                hasher.update(buffer, 0, read);
                write(out, buffer, read);
                windowBytes += read;
                if (nanos.getAsLong() - windowStart > limits.window().toNanos()) {
                    checkPace(windowBytes);
                    windowStart = nanos.getAsLong();
                    windowBytes = 0;
                }
            }
            return Digest.of(hasher);
        } catch (IOException e) {
            throw full(e);
        }
    }

    private static OutputStream create(Path target) throws IOException {
        return Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private void admit(int read) {
        if (bytes + read > limits.fileBytes()) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the file '" + path + "' is larger than " + limits.fileBytes()
                            + " bytes, the limit of this server");
        }
        reserve.accept(read);
        bytes += read;
    }

    private void checkPace(long windowBytes) {
        if (windowBytes < limits.slowest()) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the file '" + path + "' arrives too slowly: " + windowBytes + " bytes in "
                            + limits.window().toSeconds() + " s, at least " + limits.slowest()
                            + " are expected; send it again");
        }
    }

    private int read(InputStream body, byte[] buffer) {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "the file '" + path + "' ended before it was complete; send it again",
                    e);
        }
    }

    private void write(OutputStream out, byte[] buffer, int length) {
        try {
            out.write(buffer, 0, length);
        } catch (IOException e) {
            throw full(e);
        }
    }

    private ForetokenException full(IOException e) {
        return new ForetokenException(
                ErrorCode.STORAGE_FULL,
                "the file '" + path + "' could not be stored; free some space on the server",
                e);
    }
}
