package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A safetensors file: 8 bytes of header length, header, data. Mapped into memory, so that only what is touched is read.
 *
 * @param name file name, for messages
 * @param header the header's bytes
 * @param data the data section, read-only
 */
record SafetensorsFile(String name, byte[] header, Map<String, Tensor> tensors, MemorySegment data) {

    /** As in the reference implementation. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = 8;

    /** Opens and checks; the mapping lives as long as {@code arena}. */
    static SafetensorsFile open(Path path, Arena arena) {
        String name = String.valueOf(path.getFileName());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            long headerBytes = headerBytes(name, channel, size);
            byte[] header = read(channel, LENGTH_BYTES, (int) headerBytes);
            long dataStart = LENGTH_BYTES + headerBytes;
            Map<String, Tensor> tensors = SafetensorsHeader.parse(name, header, size - dataStart);
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            return new SafetensorsFile(name, header, tensors, all.asSlice(dataStart));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " cannot be read", e);
        }
    }

    private static long headerBytes(String name, FileChannel channel, long size) throws IOException {
        if (size < LENGTH_BYTES) {
            throw damaged(name, "it has %d bytes, a header alone has more".formatted(size));
        }
        long bytes = ByteBuffer.wrap(read(channel, 0, LENGTH_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (bytes < 2 || bytes > MAX_HEADER_BYTES || bytes > size - LENGTH_BYTES) {
            throw damaged(
                    name,
                    "it says that its header has %s bytes, in a file of %d (at most %d)"
                            .formatted(Long.toUnsignedString(bytes), size, MAX_HEADER_BYTES));
        }
        return bytes;
    }

    private static byte[] read(FileChannel channel, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("file shrank while it was read");
            }
        }
        return buffer.array();
    }

    MemorySegment bytesOf(Tensor tensor) {
        return data.asSlice(tensor.begin(), tensor.bytes());
    }

    private static ForetokenException damaged(String name, String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is damaged: " + what);
    }
}
