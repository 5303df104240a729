package dev.foretoken.registry.safetensors;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Map;

/**
 * The start of a safetensors file: 8 bytes of header length, little endian, and the header, a JSON object of tensors
 * (huggingface.co/docs/safetensors).
 *
 * @param json the header's bytes
 * @param tensors by name; they fill the data section exactly, without holes and without overlap
 * @param dataBytes length of the data section, which follows the header
 */
public record SafetensorsHeader(byte[] json, Map<String, TensorEntry> tensors, long dataBytes) {

    /** How the names of such files end. */
    public static final String SUFFIX = ".safetensors";

    /** As in the reference implementation. */
    public static final long MAX_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = Long.BYTES;

    /** Where the data section begins in the file. */
    public long dataStart() {
        return LENGTH_BYTES + (long) json.length;
    }

    /**
     * Reads and checks.
     *
     * @param name of the file, for messages
     * @param channel of the file or of a first part of it that has all of the header; its position stays
     * @param size of the whole file
     * @throws ForetokenException MODEL_FILE_CORRUPT for every header that the file's size contradicts
     * @throws IOException where the file cannot be read
     */
    public static SafetensorsHeader read(String name, FileChannel channel, long size) throws IOException {
        if (size < LENGTH_BYTES) {
            throw damaged(name, "it has %d bytes, a header alone has more".formatted(size));
        }
        long bytes = ByteBuffer.wrap(read(name, channel, 0, LENGTH_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (bytes < 2 || bytes > MAX_BYTES || bytes > size - LENGTH_BYTES) {
            throw damaged(
                    name,
                    "it says that its header has %s bytes, in a file of %d (at most %d)"
                            .formatted(Long.toUnsignedString(bytes), size, MAX_BYTES));
        }
        byte[] json = read(name, channel, LENGTH_BYTES, (int) bytes);
        return parse(name, json, size - LENGTH_BYTES - bytes);
    }

    /**
     * Parses and checks.
     *
     * @param name of the file, for messages
     * @param dataBytes length of what follows the header
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    public static SafetensorsHeader parse(String name, byte[] json, long dataBytes) {
        return new SafetensorsHeader(json, HeaderParser.parse(name, json, dataBytes), dataBytes);
    }

    private static byte[] read(String name, FileChannel channel, long position, int count) throws IOException {
        if (count > channel.size() - position) {
            throw damaged(name, "its first part ends before its header does");
        }
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw damaged(name, "it shrank while it was read");
            }
        }
        return buffer.array();
    }

    private static ForetokenException damaged(String name, String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is damaged: " + what);
    }
}
