package dev.foretoken.nativeruntime.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file of tensors of one type, one after the other in the order in which they were announced. The file is there when it
 * is complete.
 */
public final class SafetensorsWriter implements AutoCloseable {

    private static final int ALIGNMENT = 8;

    private final Path path;
    private final Path partial;
    private final FileChannel channel;
    private final FloatType type;

    private SafetensorsWriter(Path path, Path partial, FileChannel channel, FloatType type) {
        this.path = path;
        this.partial = partial;
        this.channel = channel;
        this.type = type;
    }

    /** Writes the header of a file of fp32 tensors. */
    public static SafetensorsWriter open(Path path, Map<String, List<Long>> shapes, Map<String, String> about)
            throws IOException {
        return open(path, shapes, about, FloatType.F32);
    }

    /**
     * Writes the header.
     *
     * @param shapes by name, in order
     * @param about what the file's metadata say
     * @param type of all tensors; numbers are rounded to it
     */
    public static SafetensorsWriter open(
            Path path, Map<String, List<Long>> shapes, Map<String, String> about, FloatType type) throws IOException {
        byte[] header = header(shapes, about, type);
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length).put(header).flip();
        SafetensorsWriter writer = new SafetensorsWriter(path, partial, channel, type);
        writer.write(start);
        return writer;
    }

    private static byte[] header(Map<String, List<Long>> shapes, Map<String, String> about, FloatType type)
            throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        about.forEach(root.putObject("__metadata__")::put);
        long at = 0;
        for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
            long bytes = tensor.getValue().stream().reduce(1L, Math::multiplyExact) * type.bytes();
            ObjectNode entry = root.putObject(tensor.getKey());
            entry.put("dtype", type.name());
            entry.set("shape", json.valueToTree(tensor.getValue()));
            entry.putArray("data_offsets").add(at).add(at + bytes);
            at += bytes;
        }
        byte[] text = json.writeValueAsBytes(root);
        byte[] padded = java.util.Arrays.copyOf(text, (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        java.util.Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    /** All numbers of the next tensor. */
    public void write(float[] numbers) throws IOException {
        byte[] bytes = new byte[Math.multiplyExact(numbers.length, type.bytes())];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int i = 0; i < numbers.length; i++) {
            type.store(segment, i, numbers[i]);
        }
        write(ByteBuffer.wrap(bytes));
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Puts the file where it belongs, in place of an older one. */
    public void finish() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Leaves nothing behind where {@link #finish} was not called. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(partial);
    }
}
