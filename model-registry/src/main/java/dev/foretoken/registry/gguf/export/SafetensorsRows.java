package dev.foretoken.registry.gguf.export;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.safetensors.SafetensorsHeader;
import dev.foretoken.registry.safetensors.ShardIndex;
import dev.foretoken.registry.safetensors.TensorEntry;
import dev.foretoken.registry.safetensors.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tensors of a checkpoint folder: {@code model.safetensors}, or the files that {@code model.safetensors.index.json} names. */
public final class SafetensorsRows implements RowSource {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private record Place(FileChannel channel, TensorEntry entry, long start) {}

    private final List<FileChannel> channels = new ArrayList<>();
    private final Map<String, Place> tensors = new HashMap<>();

    private SafetensorsRows() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT for a damaged file, CONFIG_INVALID when there is none */
    public static SafetensorsRows open(Path folder) {
        SafetensorsRows rows = new SafetensorsRows();
        try {
            for (String file : files(folder)) {
                rows.add(folder.resolve(file));
            }
            return rows;
        } catch (IOException e) {
            rows.close();
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "the model's safetensors files cannot be read", e);
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    private static Set<String> files(Path folder) throws IOException {
        Path index = folder.resolve(INDEX);
        return Files.exists(index)
                ? new TreeSet<>(ShardIndex.parse(INDEX, Files.readAllBytes(index))
                        .fileOf()
                        .values())
                : Set.of(SINGLE);
    }

    private void add(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channels.add(channel);
        String name = file.getFileName().toString();
        SafetensorsHeader header = SafetensorsHeader.read(name, channel, channel.size());
        header.tensors().forEach((tensor, entry) -> tensors.put(tensor, new Place(channel, entry, header.dataStart())));
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(tensors.keySet());
    }

    @Override
    public List<Long> shape(String name) {
        return place(name).entry().shape();
    }

    @Override
    public void read(String name, long row, float[] out) {
        Place place = place(name);
        TensorType type = place.entry().type();
        long bytes = (long) out.length * type.bytes();
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long at = place.start() + place.entry().begin() + row * bytes;
            while (buffer.hasRemaining()) {
                if (place.channel().read(buffer, at + buffer.position()) < 0) {
                    throw new IOException("the file shrank");
                }
            }
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "tensor " + name + " cannot be read", e);
        }
        decode(name, type, buffer, out);
    }

    private static void decode(String name, TensorType type, ByteBuffer bytes, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (type) {
                case F32 -> bytes.getFloat(4 * i);
                case F16 -> Float.float16ToFloat(bytes.getShort(2 * i));
                case BF16 -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
                case BOOL, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, I16, U16, I32, U32, F64, I64, U64 ->
                    throw new ForetokenException(
                            ErrorCode.MODEL_UNSUPPORTED,
                            "tensor " + name + " is stored as " + type + "; F32, F16 and BF16 can be written as GGUF");
            };
        }
    }

    private Place place(String name) {
        Place place = tensors.get(name);
        if (place == null) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "the model has no tensor " + name);
        }
        return place;
    }

    @Override
    public void close() {
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "a model file cannot be closed", e);
            }
        }
    }
}
