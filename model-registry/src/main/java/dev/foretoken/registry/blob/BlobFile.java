package dev.foretoken.registry.blob;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file being filled; the one place where bytes reach the disk, so that tests can let it fail. */
interface BlobFile extends Closeable {

    void write(ByteBuffer bytes) throws IOException;

    /** Waits until the bytes are on the disk. */
    void sync() throws IOException;

    /** Makes {@link BlobFile}s. */
    @FunctionalInterface
    interface Opener {
        BlobFile open(Path path) throws IOException;
    }

    /** @throws java.nio.file.FileAlreadyExistsException when {@code path} exists */
    static BlobFile onDisk(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new BlobFile() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }

            @Override
            public void sync() throws IOException {
                channel.force(true);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
