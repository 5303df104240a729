package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is being written, which nobody sees. Closed before it was {@linkplain BatchStore#place placed}, it is gone. For one thread. */
public final class Incoming extends OutputStream {

    private static final System.Logger LOG = System.getLogger(Incoming.class.getName());

    private final Path path;
    private final FileChannel channel;
    private final long most;
    private long bytes;

    Incoming(Path path, long most) {
        this.path = path;
        this.most = most;
        try {
            this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw StoreErrors.of("making a file", e);
        }
    }

    /** Written so far. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE, STORAGE_FULL */
    @Override
    public void write(byte[] source, int offset, int length) {
        if (length > most - bytes) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the file is larger than " + most + " bytes, the limit of this server");
        }
        ByteBuffer rest = ByteBuffer.wrap(source, offset, length);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) {
            throw StoreErrors.of("storing the file", e);
        }
        bytes += length;
    }

    /** Waits until the bytes are on the disk, and gives them their place. */
    void moveTo(Path target) throws IOException {
        channel.force(true);
        channel.close();
        Files.move(path, target);
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a file that was not kept goes with the next start", e);
        }
    }
}
