package dev.foretoken.nativeruntime.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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
 * Writes a safetensors file of fp32 tensors, one after the other in the order in which they were announced. The file is there when it is
 * complete.
 */
public final class SafetensorsWriter implements AutoCloseable {

    private static final int ALIGNMENT = 8;

    private final Path path;
    private final Path partial;
    private final FileChannel channel;

    private SafetensorsWriter(Path path, Path partial, FileChannel channel) {
        this.path = path;
        this.partial = partial;
        this.channel = channel;
    }

    /**
     * Writes the header.
     *
     * @param shapes by name, in order
     * @param about what the file's metadata say
     */
    public static SafetensorsWriter open(Path path, Map<String, List<Long>> shapes, Map<String, String> about)
            throws IOException {
        byte[] header = header(shapes, about);
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length).put(header).flip();
        SafetensorsWriter writer = new SafetensorsWriter(path, partial, channel);
        writer.write(start);
        return writer;
    }

    private static byte[] header(Map<String, List<Long>> shapes, Map<String, String> about) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        about.forEach(root.putObject("__metadata__")::put);
        long at = 0;
        for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
            long bytes = tensor.getValue().stream().reduce(1L, Math::multiplyExact) * Float.BYTES;
            ObjectNode entry = root.putObject(tensor.getKey());
            entry.put("dtype", "F32");
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
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        write(bytes);
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
