package dev.foretoken.nativeruntime.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Whole safetensors files of tensors of any type, with equal bytes for equal tensors. */
public final class StoredTensorFile {

    private static final int ALIGNMENT = 8;
    private static final long PIECE = 1 << 26;

    private StoredTensorFile() {}

    /**
     * Writes the file, which is there when it is complete: the widest types first, so that every tensor is aligned, and those by name.
     *
     * @param about what the file's metadata say
     */
    public static void write(Path path, List<StoredTensor> tensors, Map<String, String> about) throws IOException {
        List<StoredTensor> sorted = tensors.stream()
                .sorted(Comparator.comparing(
                                (StoredTensor tensor) -> -tensor.type().bytes())
                        .thenComparing(StoredTensor::name))
                .toList();
        byte[] header = header(sorted, about);
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        try (FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            write(channel, start.putLong(header.length).put(header).flip());
            for (StoredTensor tensor : sorted) {
                write(channel, tensor.data());
            }
            channel.force(true);
        }
        Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** By name; the mapping lives as long as {@code arena}. MODEL_FILE_CORRUPT for another file. */
    public static Map<String, StoredTensor> read(Path path, Arena arena) {
        return SafetensorsFile.open(path, arena).tensors();
    }

    private static byte[] header(List<StoredTensor> tensors, Map<String, String> about) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        about.forEach(root.putObject("__metadata__")::put);
        long at = 0;
        for (StoredTensor tensor : tensors) {
            ObjectNode entry = root.putObject(tensor.name());
            entry.put("dtype", tensor.type().name());
            entry.set("shape", json.valueToTree(tensor.shape()));
            entry.putArray("data_offsets").add(at).add(at + tensor.data().byteSize());
            at += tensor.data().byteSize();
        }
        byte[] text = json.writeValueAsBytes(root);
        byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, ALIGNMENT) * ALIGNMENT);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void write(FileChannel channel, MemorySegment data) throws IOException {
        for (long at = 0; at < data.byteSize(); at += PIECE) {
            write(
                    channel,
                    data.asSlice(at, Math.min(PIECE, data.byteSize() - at)).asByteBuffer());
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
